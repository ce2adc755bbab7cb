/** Warns the owner about something an adapter found out. */
export type Notice = (message: string, details: Record<string, unknown>) => void;
