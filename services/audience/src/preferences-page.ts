import type {SiteView} from '@broadside/site'
import type {FieldModel} from '@broadside/theme'
import {cadences, isTimezone, type Cadence, type Preferences} from '@broadside/subscribers'
import type {AudienceWords} from './audience-words.ts'
import type {Page} from './create-pages.ts'

/** More topics than this nobody reads through. */
const mostTopics = 40
/** A form has no more to say than this; who sends more is no form of ours. */
const mostChosen = 200

export type Topic = {key: string; label: string}

/** What a site writes about: its most used tags and, where there are several, its authors. */
export async function topicsOf(view: SiteView | undefined): Promise<Topic[]> {
  if (view === undefined) return []
  const [tags, authors] = [await view.terms('tag', mostTopics), await view.terms('author', mostTopics)]
  const {authors: names} = view.settings
  return [
    ...tags.map(({key, label}) => ({key: `tag:${key}`, label})),
    ...(authors.length < 2 ? [] : authors.map(({key}) => ({key: `author:${key}`, label: names[key]?.name ?? key}))),
  ]
}

/** The form in which somebody says what they want. What they chose before stays offered when nobody writes of it now. */
export function preferencesForm(
  words: AudienceWords,
  {preferences, topics, timezone, base}: {preferences: Preferences; topics: Topic[]; timezone: string; base: string},
): Pick<Page, 'action' | 'fields' | 'button' | 'links'> {
  const {cadence, topics: chosen = []} = preferences
  const label: Record<Cadence, string> = {
    each: words.cadenceEach,
    daily: words.cadenceDaily,
    weekly: words.cadenceWeekly,
  }
  const zone = preferences.timezone ?? timezone
  const zones = [...new Set([zone, 'UTC', ...Intl.supportedValuesOf('timeZone')])].toSorted()
  const gone = chosen.filter((key) => !topics.some((topic) => topic.key === key))
  const all = [...topics, ...gone.map((key) => ({key, label: key.slice(key.indexOf(':') + 1)}))]
  const fields: FieldModel[] = [
    {name: '', type: 'note', label: words.chooseCadence},
    ...cadences.map((value) => ({
      name: 'cadence',
      type: 'radio' as const,
      value,
      label: label[value],
      checked: value === cadence,
    })),
    {name: 'timezone', type: 'select', label: words.chooseZone, value: zone, options: zones},
    ...(all.length === 0 ? [] : [{name: '', type: 'note' as const, label: words.chooseTopics}]),
    ...all.map(({key, label}) => ({
      name: 'topic',
      type: 'checkbox' as const,
      value: key,
      label,
      checked: chosen.includes(key),
    })),
  ]
  return {action: base, fields, button: words.chooseButton, links: ownLinks(words, base)}
}

/** The ways to one's own data. */
export function ownLinks({dataLink, eraseLink}: AudienceWords, base: string): {label: string; url: string}[] {
  return [
    {label: dataLink, url: `${base}/data`},
    {label: eraseLink, url: `${base}/erase`},
  ]
}

/** Reads the form; what is no choice of ours is left out. */
export function readPreferences(form: Record<string, unknown>, timezone: string): Preferences {
  const cadence = cadences.find((one) => one === form['cadence']) ?? 'each'
  const zone = form['timezone']
  const topics = [form['topic']]
    .flat()
    .filter((topic): topic is string => typeof topic === 'string' && /^(tag|author):.{1,100}$/u.test(topic))
  const chosen = [...new Set(topics)].slice(0, mostChosen)
  return {
    cadence,
    ...(cadence === 'each' ? {} : {timezone: typeof zone === 'string' && isTimezone(zone) ? zone : timezone}),
    ...(chosen.length === 0 ? {} : {topics: chosen}),
  }
}
