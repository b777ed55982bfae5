import {
  checkAddress,
  checkSlug,
  defaultSettings,
  isReservedAddress,
  parseInstant,
  parsePage,
  parsePost,
  type SiteSettings,
} from '@broadside/content'
import {localDay, pageAddress, postAddress} from '@broadside/site'
import {stringify} from 'yaml'
import type {ForeignDocument, ForeignSettings, Note} from './foreign-site.ts'
import {textOf} from './our-fields.ts'

export type Addresses = {
  /** Day of a post in the site's time zone; undefined without a date. */
  dayOf: (document: ForeignDocument) => string | undefined
  /** Front matter that Broadside takes and that gives the document the address it had, and what was to be changed for it. */
  settle: (document: ForeignDocument, path: string) => {fields: Record<string, unknown>; notes: Note[]}
  isTaken: (address: string) => boolean
}

/** Gives each text the address it had, once; the first to ask for one has it. */
export function createAddresses({permalink, timezone}: ForeignSettings): Addresses {
  const settings: SiteSettings = defaultSettings('site')
  if (timezone !== undefined) settings.timezone = timezone
  if (permalink !== undefined) settings.permalink = permalink
  const taken = new Map<string, string>()
  const instantOf = ({fields}: ForeignDocument) => parseInstant(textOf(fields['date']), settings.timezone)

  return {
    isTaken: (address) => taken.has(address),
    dayOf(document) {
      const at = document.kind === 'post' ? instantOf(document) : undefined
      return at === undefined ? undefined : localDay(at, settings.timezone)
    },
    settle(document, path) {
      const {kind, from} = document
      const notes: Note[] = []
      const tell = (noted: Note['kind'], what: string): undefined => {
        notes.push({kind: noted, from, what})
      }
      const judged = judge(document, path)
      const fields = {...judged.fields}
      for (const key of judged.dropped) tell('left', nothingThere(key, document.fields[key]))
      if (kind === 'post' && instantOf(document) === undefined && fields['draft'] !== true)
        tell('guessed', 'it has no date: it counts from the commit that brings it')
      const wanted = wantedAddress(document, tell)
      const plain = judged.address
      let address = wanted ?? plain
      if (taken.has(address)) {
        tell('guessed', `${address} is the address of ${taken.get(address)}: it has another`)
        const slug = freeSlug(path)
        fields['slug'] = slug
        const next = addressWith({...document, fields}, path)
        if (next === address || taken.has(next))
          fields['permalink'] = address = `${address.replace(/\/$|\.\w+$/, '')}-${taken.size}/`
        else address = next
      } else if (address !== plain) fields['permalink'] = address
      taken.set(address, from)
      return {fields, notes}
    },
  }

  function wantedAddress(
    {address}: ForeignDocument,
    tell: (kind: Note['kind'], what: string) => undefined,
  ): string | undefined {
    if (address === undefined) return undefined
    const checked = checkAddress(address)
    if ('problem' in checked) return tell('left', `its address ${address} ${checked.problem}: it has another`)
    if (isReservedAddress(checked.address) || /:(?:slug|year|month|day)/.test(checked.address))
      return tell('left', `its address ${address} is one that Broadside builds itself: it has another`)
    return checked.address
  }

  /** What front matter holds that cannot stand there is left out, key by key, until the rest can. */
  function judge(
    document: ForeignDocument,
    path: string,
  ): {fields: Record<string, unknown>; dropped: string[]; address: string} {
    const dropped: string[] = []
    let fields = titled(document, path)
    for (;;) {
      const {post, diagnostics} = parse({...document, fields}, path)
      if (post !== undefined) return {fields, dropped, address: addressWith({...document, fields}, path)}
      const bad = diagnostics.find(({severity}) => severity === 'error')
      const line = front(fields)
        .split('\n')
        .slice(0, (bad?.line ?? 1) - 1)
        .findLast((one) => /^["']?\w/.test(one))
      const key = line?.split(':')[0]?.replaceAll(/["']/g, '') ?? Object.keys(fields).at(-1)
      if (key === undefined || !(key in fields)) return {fields, dropped, address: `/${dropped.length}/`}
      dropped.push(key)
      const {[key]: _, ...rest} = fields
      fields = rest
    }
  }

  function parse(document: ForeignDocument, path: string) {
    const bytes = Buffer.from(`---\n${front(document.fields)}---\n\n${document.body.slice(0, 200) || 'x'}\n`)
    return document.kind === 'post'
      ? parsePost({file: path, bytes, settings})
      : parsePage({file: path, bytes, settings})
  }

  function addressWith(document: ForeignDocument, path: string): string {
    const {post} = parse(document, path)
    if (post === undefined) return '/'
    if (document.kind === 'page') return pageAddress(post.meta)
    return postAddress(settings.permalink, post.meta, localDay(post.meta.date ?? 0, settings.timezone))
  }
}

const front = (fields: Record<string, unknown>): string => stringify(fields, {lineWidth: 0})

/** A title first, and a slug where the name of the file gives another than it had. */
function titled({fields, slug, kind}: ForeignDocument, path: string): Record<string, unknown> {
  const {title, date, ...rest} = fields
  const named = path
    .replace(/(?:\/index)?\.md$/, '')
    .split('/')
    .at(-1)
    ?.replace(/^\d{4}-\d{2}-\d{2}-/, '')
  const checked = checkSlug(slug)
  const own = kind === 'post' && 'slug' in checked && checked.slug !== named ? {slug: checked.slug} : {}
  return {...(title === undefined ? {} : {title}), ...(date === undefined ? {} : {date}), ...own, ...rest}
}

function freeSlug(path: string): string {
  return (
    path
      .replace(/(?:\/index)?\.md$/, '')
      .split('/')
      .at(-1)
      ?.replace(/^\d{4}-\d{2}-\d{2}-/, '') ?? 'post'
  )
}

/** What is told of a key whose value Broadside does not take. */
export function nothingThere(key: string, value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return `${key} is nothing that can stand there: ${(text ?? '').slice(0, 80)}`
}
