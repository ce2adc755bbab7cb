/** A grid of square cells, in CSS pixels. */
export interface GridGeometry {
  columns: number;
  /** Of a cell. */
  side: number;
  /** From the top of a row to that of the next. */
  pitch: number;
}

export interface RowSpan {
  from: number;
  /** Not included. */
  to: number;
}

/** As many columns as fit; three on the narrowest phone. */
export function gridGeometry(width: number): GridGeometry {
  const gap = width < 600 ? 6 : 10;
  const wanted = width < 600 ? 104 : 168;
  const columns = Math.max(2, Math.floor((width + gap) / (wanted + gap)));
  const side = Math.floor((width - gap * (columns - 1)) / columns);
  return { columns, side, pitch: side + gap };
}

/** How high all rows are together. */
export function heightOf({ pitch, side }: GridGeometry, rows: number): number {
  return rows === 0 ? 0 : (rows - 1) * pitch + side;
}

/**
 * The rows to be in the document: those in the viewport, and some before and behind it.
 *
 * @param top where the viewport begins, from the grid's own top
 * @param overscan rows on either side
 */
export function rowsNear(
  { pitch }: GridGeometry,
  rows: number,
  { top, height, overscan }: { top: number; height: number; overscan: number },
): RowSpan {
  const from = Math.max(0, Math.floor(top / pitch) - overscan);
  const to = Math.min(rows, Math.ceil((top + height) / pitch) + overscan);
  return from < to ? { from, to } : { from: 0, to: 0 };
}
