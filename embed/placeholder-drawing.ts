const SVG = 'http://www.w3.org/2000/svg';

/** Paths of a pot on a flame. The stylesheet animates it. */
const GROUPS = {
  steam: [
    'M36 27c-5-5 4-8 0-13s4-7 1-11',
    'M48 23c-5-5 4-8 0-12s4-6 1-10',
    'M60 27c-5-5 4-8 0-13s4-7 1-11',
  ],
  lid: ['M23 46c2-8 13-12 25-12s23 4 25 12z', 'M44 34c0-6 8-6 8 0'],
  pot: [
    'M19 50h58M23 50v17c0 6 3 9 9 9h32c6 0 9-3 9-9V50',
    'M23 56h-6c-5 0-5 7 0 7h6M73 56h6c5 0 5 7 0 7h-6',
  ],
  burner: ['M27 93h42'],
  fire: [
    'M37 81c1 3-3 4-3 7a3 3 0 0 0 6 0c0-2-2-3-3-7z',
    'M48 79c1 4-4 5-4 9a4 4 0 0 0 8 0c0-2-1-2-2-4-1 1-2 0-2-5z',
    'M59 81c1 3-3 4-3 7a3 3 0 0 0 6 0c0-2-2-3-3-7z',
  ],
};

/** Creates the nodes one by one, because Trusted Types may forbid parsing markup. */
export function drawPlaceholder(): SVGElement {
  const drawing = document.createElementNS(SVG, 'svg');
  drawing.setAttribute('viewBox', '0 0 96 96');
  drawing.setAttribute('aria-hidden', 'true');
  for (const [name, lines] of Object.entries(GROUPS)) {
    const group = document.createElementNS(SVG, 'g');
    group.setAttribute('class', name);
    for (const line of lines) {
      const path = document.createElementNS(SVG, 'path');
      path.setAttribute('d', line);
      group.append(path);
    }
    drawing.append(group);
  }
  return drawing;
}
