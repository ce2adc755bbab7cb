import { accountView } from '../accounts/account-path.ts';
import type { Act } from '../api/api-types.ts';
import type { IconName } from '../components/icons.ts';
import { countryLabel } from '../format/country.ts';
import { formatDay } from '../format/time.ts';
import { pictureView } from '../pictures/picture-paths.ts';

/** An act as a sentence in three parts, so that its subject can be a link. */
export interface Sentence {
  icon: IconName;
  /** The part before the subject, such as `You hid`. */
  start: string;
  subject: string;
  /** The subject's path below `/admin/`. */
  at?: string;
  end: string;
}

type Verb = [present: string, past: string];

/** Icon and verb of the acts on pictures. */
const ON_PICTURES: Readonly<Record<string, [IconName, Verb]>> = {
  hide_picture: ['eyeOff', ['hide', 'hid']],
  restore_picture: ['eye', ['restore', 'restored']],
  delete_picture: ['close', ['delete', 'deleted']],
  approve_picture: ['check', ['approve', 'approved']],
};

const PICTURE = /^(\d{4}-\d{2}-\d{2})_[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}(?:-(.+))?$/;

const PAGE_TYPES: ReadonlySet<string> = new Set(['index', 'article', 'archive']);

export function sentenceFor(act: Act): Sentence {
  const onPicture = ON_PICTURES[act.action];
  if (onPicture) {
    const [icon, verb] = onPicture;
    return { icon, start: begin(act, verb), ...picture(act.subject), end: '' };
  }
  switch (act.action) {
    case 'pin_picture': {
      const pinned = picture(String(act.details.image));
      const end = `to ${page(act.subject)}`;
      return { icon: 'pin', start: begin(act, ['pin', 'pinned']), ...pinned, end };
    }
    case 'rebrew_page': {
      const start = begin(act, ['regenerate', 'regenerated']);
      return { icon: 'retry', start, subject: page(act.subject), end: '' };
    }
    case 'change_budget': {
      const { limit } = act.details;
      const subject = limit === null ? 'as configured' : `${limit} pictures`;
      const start = `${begin(act, ['set', 'set'])} today’s budget to`;
      return { icon: 'overview', start, subject, end: '' };
    }
    case 'pause_generation':
      return {
        icon: 'pause',
        start: begin(act, ['pause', 'paused']),
        subject: 'spending',
        end: '',
      };
    case 'resume_generation':
      return {
        icon: 'play',
        start: begin(act, ['resume', 'resumed']),
        subject: 'spending',
        end: '',
      };
    case 'warm_pages':
      return {
        icon: 'cup',
        start: begin(act, ['pre-generate', 'started to pre-generate']),
        ...preGeneration(act),
      };
    case 'stop_warming':
      return {
        icon: 'close',
        start: begin(act, ['stop', 'stopped']),
        subject: 'pre-generation',
        end: '',
      };
    case 'create_key': {
      const start = `${begin(act, ['create', 'created'])} the key “${act.details.name}” for`;
      return { icon: 'key', start, ...account(act.subject), end: '' };
    }
    case 'revoke_key': {
      const start = `${begin(act, ['revoke', 'revoked'])} the key “${act.details.name}” of`;
      return { icon: 'key', start, ...account(act.subject), end: '' };
    }
    default: {
      const start = `${who(act)}: ${act.action.replaceAll('_', ' ')}`;
      return { icon: 'activity', start, subject: act.subject, end: '' };
    }
  }
}

/** Actor and verb: an act that is not done was only tried. */
function begin(act: Act, [present, past]: Verb): string {
  return `${who(act)} ${act.outcome === 'done' ? past : `tried to ${present}`}`;
}

function who({ actor }: Act): string {
  return actor === 'token' ? 'A script' : 'You';
}

/** The ID contains the day and the country. */
function picture(id: string): Pick<Sentence, 'subject' | 'at'> {
  const [, day, country] = PICTURE.exec(id) ?? [];
  if (!day) return { subject: id };
  const where = country ? ` for ${asName(country)}` : '';
  return { subject: `the picture of ${formatDay(day)}${where}`, at: pictureView(id) };
}

function account(id: string): Pick<Sentence, 'subject' | 'at'> {
  return { subject: id, at: accountView(id) };
}

/** Such as `pictures for 12 pages of the sitemap`, `(at most 5)`. */
function preGeneration({ details }: Act): Pick<Sentence, 'subject' | 'end'> {
  const countries = Array.isArray(details.countries) ? details.countries.length : 1;
  const pages = Number(details.total) / countries;
  const source = details.source === 'sitemap' ? ' of the sitemap' : '';
  const where = countries > 1 ? ` for ${countries} countries` : '';
  const subject = `pictures for ${pages === 1 ? '1 page' : `${pages} pages`}${source}${where}`;
  return { subject, end: `(at most ${details.most})` };
}

/** Such as `/posts/hello for France`. */
function page(subject: string): string {
  const [type = '', ...rest] = subject.split(' ');
  const country = rest.pop();
  const path = rest.join(' ');
  if (!PAGE_TYPES.has(type) || !path || !country) return subject;
  return `${path} for ${country === 'anywhere' ? 'readers whose country is unknown' : countryLabel(country).name}`;
}

/** Converts the slug `south-korea` to `South Korea`. */
function asName(slug: string): string {
  return slug.replaceAll('-', ' ').replace(/(?<=^| )./g, (letter) => letter.toUpperCase());
}
