import {foldKey, frontMatterKeys, type Meaning} from '@broadside/content'

/** The key that is written for each meaning; what says who may read a post is judged and not written. */
const written: Partial<Record<Meaning, string>> = {
  title: 'title',
  date: 'date',
  updated: 'updated',
  expires: 'expires',
  draft: 'draft',
  slug: 'slug',
  permalink: 'permalink',
  aliases: 'aliases',
  redirectTo: 'redirectTo',
  tags: 'tags',
  description: 'description',
  image: 'image',
  imageAlt: 'imageAlt',
  canonical: 'canonical',
  authors: 'authors',
  language: 'language',
  series: 'series',
  seriesOrder: 'seriesOrder',
  audio: 'audio',
  featured: 'featured',
  contents: 'toc',
  newsletter: 'newsletter',
  mailSubject: 'emailSubject',
  preheader: 'preheader',
  id: 'id',
  feedId: 'feedId',
}

/** Keys of other tools that say how, and not what. */
const noise = new Set(['layout', 'type', 'weight', 'comments', 'eleventycomputed', 'outputs'])

/** What tools call a text that its readers can see, one that they will see from its date on, and one that its author still writes. */
const out = /^(?:publish(?:ed)?|public|live|sent|imported|in_flight|resending|throttled)$/i
const toCome = /^(?:scheduled|about_to_send|future)$/i
const unfinished = /^(?:draft|pending)$/i

export type OurFields = {
  fields: Record<string, unknown>
  /** Why a post that is none there is a draft here: it was written for some readers alone. */
  heldBack?: string
}

/**
 * Front matter of another tool in Broadside's keys, in their order, with what means nothing here at the end. `drop`
 * names keys that the caller reads itself.
 */
export function ourFields(given: Record<string, unknown>, drop: readonly string[] = []): OurFields {
  const left = new Map(Object.entries(given).filter(([, value]) => value !== null && value !== undefined))
  const take = (meaning: Meaning): unknown[] =>
    frontMatterKeys[meaning].flatMap((known) => {
      const key = [...left.keys()].find((own) => foldKey(own) === foldKey(known))
      if (key === undefined) return []
      const value = left.get(key)
      // A title stays one where a mail's subject is read after it.
      if (known !== 'subject') left.delete(key)
      return value === '' ? [] : [value]
    })
  for (const key of drop) for (const own of left.keys()) if (foldKey(own) === foldKey(key)) left.delete(own)

  const fields: Record<string, unknown> = {}
  const audience = audienceOf(take)
  const status = take('status').map(textOf)[0]
  const isMarked = isYes(take('draft')[0])
  let heldBack = audience
  for (const [meaning, key] of Object.entries(written) as [Meaning, string][]) {
    const values = take(meaning)
    if (meaning === 'tags') {
      const tags = tagsOf(values)
      if (tags.length > 0) fields[key] = tags
    } else if (meaning === 'date') {
      const date = values.find((value) => typeof value !== 'boolean' && !isWord(value) && !isZero(value))
      if (date !== undefined) fields[key] = date
      const isOut = status === undefined || out.test(status) || (toCome.test(status) && date !== undefined)
      if (!isOut && !unfinished.test(status)) heldBack ??= `its status was ${status || 'none that is known'}`
      if (isMarked || !isOut || heldBack !== undefined || values.some((value) => isNo(value))) fields['draft'] = true
    } else if (
      values.length > 0 &&
      meaning !== 'draft' &&
      !(meaning === 'mailSubject' && values[0] === fields['title'])
    )
      fields[key] = values[0]
  }
  for (const [key, value] of left) {
    if (!noise.has(foldKey(key)) && foldKey(key) !== 'subject') fields[key] = value
  }
  return {fields, ...(heldBack === undefined ? {} : {heldBack})}
}

function audienceOf(take: (meaning: Meaning) => unknown[]): string | undefined {
  const limited = [...take('visibility'), ...take('emailType')].map(textOf).find((text) => !/^public$/i.test(text))
  if (limited !== undefined && limited !== '') return `it was for readers who are ${limited}`
  return isYes(take('emailOnly')[0]) ? 'it was mailed and never published' : undefined
}

/** Tags and categories together; a text is split at commas, else at spaces, as Jekyll does. */
function tagsOf(values: unknown[]): string[] {
  const names = values.flatMap((value) => {
    if (Array.isArray(value)) return value.map(textOf)
    const text = textOf(value)
    return text.split(text.includes(',') ? ',' : /\s+/)
  })
  return [...new Set(names.map((name) => name.trim()).filter((name) => name !== ''))]
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : typeof value === 'number' || typeof value === 'boolean' ? `${value}` : ''
}

const isYes = (value: unknown): boolean => value === true || /^(?:true|yes|on)$/i.test(textOf(value))
const isNo = (value: unknown): boolean => value === false || /^(?:false|no|off)$/i.test(textOf(value))
const isWord = (value: unknown): boolean => isYes(value) || isNo(value)
/** The zero date of Hugo's templates means that nobody set one. */
const isZero = (value: unknown): boolean => textOf(value).startsWith('0001-01-01')
