/** A grid of square cells, in CSS pixels. */
export interface GridGeometry {
  columns: number;
  /** Side length of a cell. */
  side: number;
  /** Distance between the tops of two rows. */
  pitch: number;
}

export interface RowSpan {
  from: number;
  /** Not included. */
  to: number;
}

/** As many columns as fit, at least two. */
export function gridGeometry(width: number): GridGeometry {
  const gap = width < 600 ? 6 : 10;
  const wanted = width < 600 ? 104 : 168;
  const columns = Math.max(2, Math.floor((width + gap) / (wanted + gap)));
  const side = Math.floor((width - gap * (columns - 1)) / columns);
  return { columns, side, pitch: side + gap };
}

/** The height of all rows together. */
export function heightOf({ pitch, side }: GridGeometry, rows: number): number {
  return rows === 0 ? 0 : (rows - 1) * pitch + side;
}

/**
 * The rows to render: those in the viewport, and some before and after it.
 *
 * @param top start of the viewport, relative to the grid's top
 * @param overscan extra rows on either side
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
