/** A stylesheet, which Vite links. */
declare module '*.css';
