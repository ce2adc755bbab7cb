import { html, nothing, type TemplateResult } from 'lit';
import type { ImageDetail } from '../api/api-types.ts';
import { countryLabel } from '../format/country.ts';
import { formatDollars } from '../format/money.ts';
import { formatDay, formatDuration, formatMoment } from '../format/time.ts';
import { reasonSentence } from './picture-words.ts';

/** Why there is this picture, told as it came about. */
export function pictureReason(image: ImageDetail): TemplateResult {
  if (!image.page) {
    return html`<p>
      Nobody wrote down how it came about: it came into the bucket by another way, on
      ${formatDay(image.day)}.
    </p>`;
  }
  const { name } = countryLabel(image.country);
  const reader = image.country
    ? html`A reader from <b>${name}</b>`
    : 'A reader from who knows where';
  const when = image.reservedAt ? formatMoment(image.reservedAt) : formatDay(image.day);
  return html`
    <p>
      ${reader} asked for <b>${image.page.path}</b> on ${when}, and there was no picture of its own for
      it. So the cafe ordered a dish${image.country ? ` popular in ${name}` : ''} from
      <b>${image.model ?? 'a model that nobody knows'}</b>. ${outcome(image)}
    </p>
    ${image.prompt ? html`<blockquote class="prompt"><p>${image.prompt}</p></blockquote>` : nothing}
  `;
}

function outcome(image: ImageDetail): TemplateResult {
  const { state, dollars, durationMs, reason } = image;
  const cost = dollars === null ? 'nobody knows what' : formatDollars(dollars);
  const time = durationMs === null ? '' : ` after ${formatDuration(durationMs)}`;
  const why = reason ? ` ${reasonSentence(reason)}` : '';
  switch (state) {
    case 'reserved':
      return html`It is being painted right now; ${cost} is set aside for it.`;
    case 'refused':
      return html`It was refused${time}, and cost nothing.${why}`;
    case 'unknown':
      return html`It failed${time}, and counts as ${cost}, as nobody can tell that it was not charged.${why}`;
    default:
      return html`It came${time}, and cost ${cost}.`;
  }
}

/** The same in figures. */
export function pictureFacts(image: ImageDetail): TemplateResult {
  const { tokens } = image;
  const facts: [string, string | undefined][] = [
    ['Cost', image.dollars === null ? undefined : formatDollars(image.dollars)],
    ['Model', image.model ?? undefined],
    ['Took', image.durationMs === null ? undefined : formatDuration(image.durationMs)],
    [
      'Tokens',
      tokens
        ? `${tokens.input.toLocaleString('en')} in, ${tokens.output.toLocaleString('en')} out`
        : undefined,
    ],
    ['Ordered', image.reservedAt ? formatMoment(image.reservedAt) : undefined],
    ['Settled', image.settledAt ? formatMoment(image.settledAt) : undefined],
    ['Counts for', `${formatDay(image.day)} (UTC)`],
    ['Id', image.id],
  ];
  return html`<dl class="facts">
    ${facts.map(([name, value]) =>
      value === undefined ? nothing : html`<div><dt>${name}</dt><dd>${value}</dd></div>`,
    )}
  </dl>`;
}
