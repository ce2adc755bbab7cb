import { html, svg, type TemplateResult } from 'lit';
import type { Budget } from '../api/api-types.ts';
import { figure } from '../components/figure.ts';

/** An arc of 240 degrees around (100, 100); `pathLength` normalizes its length to 100. */
const ARC = 'M 30.7 140 A 80 80 0 1 1 169.3 140';

/** The used share of today's pictures, with the reserved part in another colour at its end. */
export function budgetGauge({ limit, used, reserved }: Budget): TemplateResult {
  const share = (pictures: number) =>
    limit > 0 ? Math.min(100, (pictures / limit) * 100) : used > 0 ? 100 : 0;
  const label = `${used} of today’s ${limit} pictures used, ${reserved} of them reserved`;
  return html`<div class="gauge">
    <svg viewBox="0 0 200 165" role="img" aria-label=${label}>
      ${arc('track', 100)} ${arc('reserved', share(used))} ${arc('used', share(used - reserved))}
    </svg>
    <p class="gauge-text" aria-hidden="true">
      <span class="gauge-number">${figure(used)}</span>
      <span class="soft">${figure(`of ${limit} pictures`)}</span>
    </p>
  </div>`;
}

/** Transparent for a share of zero, because the round cap would show a dot. */
function arc(name: string, share: number): TemplateResult {
  return svg`<path
    class=${name}
    d=${ARC}
    pathLength="100"
    stroke-dasharray=${`${share} 200`}
    stroke-opacity=${share > 0 ? 1 : 0}
  ></path>`;
}
