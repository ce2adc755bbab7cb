import { html, nothing, type PropertyDeclarations, svg, type TemplateResult } from 'lit';
import { AdminElement } from '../shell/admin-view.ts';
import './bar-chart.css';

export interface Bar {
  /** What it stands for, such as a day. */
  label: string;
  /** Its values in words, one sentence. */
  tells: string;
  /** Whether there is nothing to tell; a table leaves it out. */
  isNothing: boolean;
  /** From the bottom up; kinds are classes of the stylesheet. */
  parts: readonly { kind: 'main' | 'light' | 'failed'; value: number }[];
}

/**
 * Bars, told in words by pointer and by arrow keys, or all of them as a table.
 */
export class BarChart extends AdminElement {
  static override properties: PropertyDeclarations = {
    label: {},
    bars: { attribute: false },
    columns: { attribute: false },
    ticks: { attribute: false },
    top: { attribute: false },
    isTable: { attribute: 'table', type: Boolean },
    at: { state: true },
  };

  /** What the chart shows, for those who do not see it. */
  declare label: string;
  declare bars: readonly Bar[];
  /** What heads the table: the label's column, and that of what it tells. */
  declare columns: readonly [string, string];
  /** Below the bars, evenly from left to right. */
  declare ticks: readonly string[];
  /** Writes the highest value, at the upper line. */
  declare top: (value: number) => string;
  declare isTable: boolean;
  /** The bar that is told of. */
  declare private at: number | undefined;

  /** The one that the tabulator stops at. */
  #stop: number | undefined;

  protected override render(): TemplateResult {
    return this.isTable ? this.#table() : this.#chart();
  }

  #chart(): TemplateResult {
    const most = Math.max(...this.bars.map(sum));
    const told = this.at === undefined ? undefined : this.bars[this.at];
    return html`<div class="chart" @pointerleave=${this.#leave}>
      <span class="chart-top number" aria-hidden="true">${most > 0 ? this.top(most) : nothing}</span>
      <svg
        class="plot"
        role="group"
        aria-label=${this.label}
        @focusout=${this.#leave}
        @keydown=${this.#key}
      >
        ${this.bars.map((bar, n) => this.#bar(bar, n, most))}
      </svg>
      <p class="ticks" aria-hidden="true">${this.ticks.map((tick) => html`<span>${tick}</span>`)}</p>
      ${told ? this.#tip(told) : nothing}
    </div>`;
  }

  #bar(bar: Bar, n: number, most: number): TemplateResult {
    const width = 100 / this.bars.length;
    let below = 0;
    const parts = bar.parts.map(({ kind, value }) => {
      const height = most > 0 ? (value / most) * 100 : 0;
      below += height;
      return svg`<rect
        class=${kind}
        x=${`${width * (n + 0.14)}%`}
        y=${`${100 - below}%`}
        width=${`${width * 0.72}%`}
        height=${`${height}%`}
      ></rect>`;
    });
    return svg`<g
      class="bar ${n === this.at ? 'told' : ''}"
      role="img"
      aria-label=${`${bar.label}: ${bar.tells}`}
      tabindex=${n === (this.#stop ?? this.bars.length - 1) ? 0 : -1}
      @pointerenter=${() => this.#tell(n)}
      @focus=${() => this.#tell(n)}
    >
      <rect class="reach" x=${`${width * n}%`} y="0" width=${`${width}%`} height="100%"></rect>
      ${parts}
    </g>`;
  }

  #tip({ label, tells }: Bar): TemplateResult {
    const middle = (((this.at ?? 0) + 0.5) / this.bars.length) * 100;
    return html`<p class="tip" aria-hidden="true" .style=${`--at: ${middle}%`}>
      <b>${label}</b> ${tells}
    </p>`;
  }

  #table(): TemplateResult {
    const [label, tells] = this.columns;
    return html`<div class="chart-table" tabindex="0" role="region" aria-label=${this.label}>
      <table>
        <thead><tr><th scope="col">${label}</th><th scope="col">${tells}</th></tr></thead>
        <tbody>
          ${this.bars
            .toReversed()
            .filter(({ isNothing }) => !isNothing)
            .map((bar) => html`<tr><th scope="row">${bar.label}</th><td>${bar.tells}</td></tr>`)}
        </tbody>
      </table>
    </div>`;
  }

  #tell(n: number): void {
    this.at = n;
  }

  #leave(): void {
    this.at = undefined;
  }

  #key(event: KeyboardEvent): void {
    const last = this.bars.length - 1;
    const now = this.at ?? last;
    const to = { ArrowLeft: now - 1, ArrowRight: now + 1, Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    this.#stop = Math.min(last, Math.max(0, to));
    this.querySelectorAll<SVGGElement>('.bar')[this.#stop]?.focus();
    this.requestUpdate();
  }
}

function sum({ parts }: Bar): number {
  return parts.reduce((all, { value }) => all + value, 0);
}

customElements.define('cafe-admin-bars', BarChart);
