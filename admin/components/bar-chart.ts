import { html, nothing, type PropertyDeclarations, svg, type TemplateResult } from 'lit';
import { AdminElement } from '../shell/admin-view.ts';
import './bar-chart.css';

export interface Bar {
  /** Such as a day. */
  label: string;
  /** Its values as text. */
  text: string;
  /** Empty bars are omitted from the table. */
  isEmpty: boolean;
  /** From bottom to top; the kinds are classes of the stylesheet. */
  parts: readonly { kind: 'main' | 'light' | 'failed'; value: number }[];
}

/** A bar chart. Shows the values of a bar on hover and with arrow keys, or all values as a table. */
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

  /** Accessible name of the chart. */
  declare label: string;
  declare bars: readonly Bar[];
  /** Headings of the table: label and value. */
  declare columns: readonly [string, string];
  /** Labels below the bars, evenly spaced from left to right. */
  declare ticks: readonly string[];
  /** Formats the highest value, shown at the top. */
  declare top: (value: number) => string;
  declare isTable: boolean;
  /** The bar whose values are shown. */
  declare private at: number | undefined;

  /** The bar that the Tab key reaches. */
  #stop: number | undefined;

  protected override render(): TemplateResult {
    return this.isTable ? this.#table() : this.#chart();
  }

  #chart(): TemplateResult {
    const max = Math.max(...this.bars.map(sum));
    const shown = this.at === undefined ? undefined : this.bars[this.at];
    return html`<div class="chart" @pointerleave=${this.#leave}>
      <span class="chart-top number" aria-hidden="true">${max > 0 ? this.top(max) : nothing}</span>
      <svg
        class="plot"
        role="group"
        aria-label=${this.label}
        @focusout=${this.#leave}
        @keydown=${this.#key}
      >
        ${this.bars.map((bar, n) => this.#bar(bar, n, max))}
      </svg>
      <p class="ticks" aria-hidden="true">${this.ticks.map((tick) => html`<span>${tick}</span>`)}</p>
      ${shown ? this.#tip(shown) : nothing}
    </div>`;
  }

  #bar(bar: Bar, n: number, max: number): TemplateResult {
    const width = 100 / this.bars.length;
    let below = 0;
    const parts = bar.parts.map(({ kind, value }) => {
      const height = max > 0 ? (value / max) * 100 : 0;
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
      aria-label=${`${bar.label}: ${bar.text}`}
      tabindex=${n === (this.#stop ?? this.bars.length - 1) ? 0 : -1}
      @pointerenter=${() => this.#show(n)}
      @focus=${() => this.#show(n)}
    >
      <rect class="reach" x=${`${width * n}%`} y="0" width=${`${width}%`} height="100%"></rect>
      ${parts}
    </g>`;
  }

  #tip({ label, text }: Bar): TemplateResult {
    const middle = (((this.at ?? 0) + 0.5) / this.bars.length) * 100;
    return html`<p class="tip" aria-hidden="true" .style=${`--at: ${middle}%`}>
      <b>${label}</b> ${text}
    </p>`;
  }

  #table(): TemplateResult {
    const [label, value] = this.columns;
    return html`<div class="chart-table" tabindex="0" role="region" aria-label=${this.label}>
      <table>
        <thead><tr><th scope="col">${label}</th><th scope="col">${value}</th></tr></thead>
        <tbody>
          ${this.bars
            .toReversed()
            .filter(({ isEmpty }) => !isEmpty)
            .map((bar) => html`<tr><th scope="row">${bar.label}</th><td>${bar.text}</td></tr>`)}
        </tbody>
      </table>
    </div>`;
  }

  #show(n: number): void {
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
