/** Warns the owner about a problem an adapter found. */
export type Notice = (message: string, details: Record<string, unknown>) => void;
