/** Of a picture in the API, behind `/api/admin`. */
export function pictureInApi(id: string): string {
  return `/images/${encodeURIComponent(id)}`;
}

/**
 * Of a picture's own view, behind `/admin/`.
 *
 * @param search the query of the list that one comes from, with its question mark
 */
export function pictureView(id: string, search = ''): string {
  return `pictures/${encodeURIComponent(id)}${search}`;
}
