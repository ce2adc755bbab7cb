/** The path of an account's view below `/admin/`. */
export function accountView(id: string): string {
  return `accounts/${encodeURIComponent(id)}`;
}
