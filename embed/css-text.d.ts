/** The minified text of a stylesheet, inlined by Vite. */
declare module '*.css?inline' {
  const text: string;
  // biome-ignore lint/style/noDefaultExport: Vite exports it this way
  export default text;
}
