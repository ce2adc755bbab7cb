/** The path of a picture in the API, below `/api/admin`. */
export function pictureInApi(id: string): string {
  return `/images/${encodeURIComponent(id)}`;
}

/**
 * The path of a picture's view, below `/admin/`.
 *
 * @param search the query of the list that links to it, with its question mark
 */
export function pictureView(id: string, search = ''): string {
  return `pictures/${encodeURIComponent(id)}${search}`;
}
