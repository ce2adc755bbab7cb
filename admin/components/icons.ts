import { html, svg, type TemplateResult } from 'lit';

/** Paths on a grid of 24 by 24. */
const LINES = {
  overview: ['M4 13a8 8 0 1 1 16 0', 'M12 13l3.5-4.5', 'M6 19h12'],
  pictures: ['M4 5h16v14H4z', 'M4 16l5-5 4 4 3-3 4 4', 'M15.5 9h.01'],
  pages: ['M6 3h8l4 4v14H6z', 'M14 3v4h4', 'M9 12h6M9 16h6'],
  activity: ['M3 12h4l3-7 4 14 3-7h4'],
  settings: ['M4 7h9M17 7h3M4 17h3M11 17h9', 'M15 5v4M9 15v4'],
  signOut: ['M10 4H5v16h5', 'M15 8l4 4-4 4M19 12H9'],
  pause: ['M9 5v14M15 5v14'],
  play: ['M8 5l11 7-11 7z'],
  retry: ['M20 11a8 8 0 1 0-2 6', 'M20 4v7h-7'],
  undo: ['M9 7L4 12l5 5', 'M4 12h10a5 5 0 0 1 0 10h-1'],
  close: ['M6 6l12 12M18 6L6 18'],
  check: ['M5 13l4 4L19 7'],
  copy: ['M9 9h11v11H9z', 'M5 15H4V4h11v1'],
  eye: ['M2 12s4-7 10-7 10 7 10 7-4 7-10 7S2 12 2 12z', 'M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6z'],
  eyeOff: [
    'M4 4l16 16',
    'M9.5 5.4A10 10 0 0 1 12 5c6 0 10 7 10 7a17 17 0 0 1-3 3.7M6 7.6A17 17 0 0 0 2 12s4 7 10 7a9 9 0 0 0 4-.9',
  ],
  warning: ['M12 4l9 16H3z', 'M12 10v4M12 17h.01'],
  cup: [
    'M5 9h12v5a5 5 0 0 1-5 5h-2a5 5 0 0 1-5-5z',
    'M17 10h1.5a2.5 2.5 0 0 1 0 5H17',
    'M9 3v3M13 3v3',
  ],
  accounts: ['M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8z', 'M4.5 20a7.5 7.5 0 0 1 15 0'],
  key: ['M15.5 4a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9z', 'M12.3 11.7L4 20M7 17l2.5 2.5'],
  search: ['M10.5 4a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13z', 'M15.5 15.5L20 20'],
  next: ['M9 5l7 7-7 7'],
  pin: ['M9 4h6l-1 6 3 3H7l3-3z', 'M12 13v7'],
  open: ['M14 5h5v5', 'M19 5l-8 8', 'M17 14v5H5V7h5'],
  trash: ['M5 7h14', 'M10 4h4', 'M7 7l1 13h8l1-13', 'M10 11v5M14 11v5'],
  back: ['M15 5l-7 7 7 7'],
};

export type IconName = keyof typeof LINES;

/** Decorative: always show a text beside it. */
export function icon(name: IconName): TemplateResult {
  return html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
    ${LINES[name].map((line) => svg`<path d=${line}></path>`)}
  </svg>`;
}
