import {checkAddress, isReservedAddress} from './check-address.ts'
import type {FieldDocument} from './field-document.ts'
import {createFieldReader} from './field-reader.ts'
import {foldKey, foreignKeys, frontMatterKeys, type Meaning} from './front-matter-keys.ts'
import type {Instant} from './instant.ts'
import {nearestWord} from './nearest-word.ts'
import {parseInstant} from './parse-instant.ts'
import type {PostMeta} from './post-source.ts'
import {readAudio} from './read-audio.ts'
import {readAuthors, readImage, readNewsletter, readSeries, readTags} from './read-meta-parts.ts'
import {readTarget} from './read-target.ts'
import type {Report} from './report.ts'
import type {SiteSettings} from './site-settings.ts'

/** What front matter says; title and slug may still be missing, then the file's name or text gives them. */
export type StatedMeta = Omit<PostMeta, 'title' | 'slug'> & {title?: string; slug?: string}

/** The keys that a document uses for a meaning, strongest first, as it spells them. */
export type KeysOf = (meaning: Meaning) => string[]

/** Reads front matter in any of its spellings; tells the report what it cannot use. */
export function readMeta(document: FieldDocument, settings: SiteSettings, report: Report): StatedMeta {
  const reader = createFieldReader(document, report)
  const keysOf = findKeys(document, report)
  const firstText = (meaning: Meaning): string | undefined => {
    for (const key of keysOf(meaning)) {
      const text = reader.text([key])
      if (text !== undefined) return text
    }
    return undefined
  }
  const instant = (meaning: Meaning): Instant | undefined => {
    for (const key of keysOf(meaning)) {
      const value = reader.valueAt([key])
      if (value === undefined || typeof value === 'boolean') continue
      const text = reader.text([key], {maxLength: 100})
      // The zero date of Hugo's templates means that nobody set one.
      if (text === undefined || text.startsWith('0001-01-01')) continue
      const found = parseInstant(text, settings.timezone)
      const cure = 'Write it as 2026-11-02, 2026-11-02 09:30 or 2026-11-02T09:30:00+01:00.'
      return (
        found ?? reader.refuse([key], `is no date that can be read: ${JSON.stringify(text)}`, cure, 'front-matter.date')
      )
    }
    return undefined
  }

  const meta: StatedMeta = {
    draft: readDraft(),
    tags: readTags(reader, keysOf, report),
    authors: readAuthors(reader, keysOf, settings, report),
    aliases: readAliases(),
    featured: keysOf('featured').some((key) => reader.flag([key]) === true),
    newsletter: readNewsletter(reader, keysOf, report),
  }
  assign('title', firstText('title'))
  assign('slug', firstText('slug'))
  assign('permalink', readPermalink())
  assign('id', firstText('id'))
  assign('feedId', firstText('feedId'))
  assign('date', instant('date'))
  assign('updated', instant('updated'))
  assign('expires', instant('expires'))
  assign('description', readDescription())
  const image = readImage(reader, keysOf)
  assign('image', image.image)
  assign('imageAlt', image.imageAlt)
  assign('audio', readAudio(reader, keysOf))
  assign('series', readSeries(reader, keysOf, report))
  assign('canonical', readCanonical())
  assign('redirectTo', readRedirectTo())
  assign('language', readLanguage())
  assign('contents', readContents())
  refuseOtherAudiences()
  if (meta.date !== undefined && meta.expires !== undefined && meta.expires <= meta.date) {
    const [key = 'expires'] = keysOf('expires')
    const cure = 'Set a later one, or remove it.'
    report.warning('front-matter.expires-before-date', 'It expires before it appears.', {
      at: reader.placeOf([key]),
      cure,
    })
  }
  return meta

  function assign<K extends keyof StatedMeta>(key: K, value: StatedMeta[K] | undefined): void {
    if (value !== undefined) meta[key] = value
  }

  function readDraft(): boolean {
    let draft = keysOf('draft').some((key) => reader.flag([key]) === true)
    for (const key of keysOf('date')) if (reader.valueAt([key]) === false) draft = true
    for (const key of keysOf('status')) {
      const status = reader.text([key])?.toLowerCase().replaceAll(/[- ]/g, '_')
      if (status === undefined || /^(?:published|scheduled|about_to_send|sent|public|live)$/.test(status)) continue
      if (status === 'draft') draft = true
      else reader.refuse([key], `says ${JSON.stringify(status)}`, 'Write draft, scheduled or published.')
    }
    return draft
  }

  function readPermalink(): string | undefined {
    for (const key of keysOf('permalink')) {
      const text = reader.text([key])
      if (text === undefined) continue
      const checked = checkAddress(text)
      const cure = 'Write an address on this site, for example /notes/:slug/.'
      if ('problem' in checked) return reader.refuse([key], checked.problem, cure)
      if (isReservedAddress(checked.address))
        return reader.refuse([key], 'is an address that Broadside builds itself', cure)
      return checked.address
    }
    return undefined
  }

  function readAliases(): string[] {
    const addresses = keysOf('aliases').flatMap((key) =>
      reader.items([key]).map((path) => {
        const text = reader.text(path)
        const checked = text === undefined ? undefined : checkAddress(text)
        if (checked === undefined || 'address' in checked) return checked?.address
        const cure = 'Write the old address from the first slash on, without the host.'
        const at = reader.placeOf(path)
        report.warning('front-matter.alias', `The alias ${JSON.stringify(text)} ${checked.problem}; it is left out.`, {
          at,
          cure,
        })
        return undefined
      }),
    )
    return [...new Set(addresses.filter((address) => address !== undefined && address !== '/'))] as string[]
  }

  function readDescription(): string | undefined {
    for (const key of keysOf('description')) {
      const text = reader.text([key], {maxLength: 5_000, lines: true})?.replaceAll(/\s+/g, ' ')
      if (text !== undefined) return text
    }
    return undefined
  }

  function readCanonical(): string | undefined {
    const [key] = keysOf('canonical')
    const text = firstText('canonical')
    if (key === undefined || text === undefined) return undefined
    const url = URL.parse(text)
    if (url !== null && /^https?:$/.test(url.protocol) && url.username === '') return url.href
    return reader.refuse([key], 'is no web address', 'Write it in full, https://example.org/the-original/.')
  }

  function readRedirectTo(): string | undefined {
    const [key] = keysOf('redirectTo')
    const text = firstText('redirectTo')
    if (key === undefined || text === undefined) return undefined
    const target = readTarget(text)
    const cure = 'Write /new/ or https://example.org/new/.'
    if ('problem' in target) return reader.refuse([key], `leads to an address that ${target.problem}`, cure)
    if (!meta.draft && meta.expires === undefined) {
      report.warning('front-matter.redirect', 'It leads on only once the post has left the site.', {
        at: reader.placeOf([key]),
        cure: 'Set draft: true as well, or expires.',
      })
    }
    return target.to
  }

  /** Other tools take numbers and options here, which say nothing of whether there is one. */
  function readContents(): true | undefined {
    const values = keysOf('contents').map((key) => reader.valueAt([key]))
    const isAsked = values.some((value) => value === true || (typeof value === 'string' && /^(?:yes|on)$/i.test(value)))
    return isAsked ? true : undefined
  }

  function readLanguage(): string | undefined {
    const [key] = keysOf('language')
    const text = firstText('language')
    if (key === undefined || text === undefined) return undefined
    return canonicalLanguage(text) ?? reader.refuse([key], 'is no language tag', 'Write one such as en or pt-BR.')
  }

  /** What was written for members or for mail alone elsewhere must not become public by being moved here. */
  function refuseOtherAudiences(): void {
    const cure = 'Remove the key if the post may be public, or set draft: true.'
    for (const key of [...keysOf('visibility'), ...keysOf('emailType')]) {
      const text = reader.text([key])
      if (text === undefined || text.toLowerCase() === 'public') continue
      reader.refuse(
        [key],
        `says ${JSON.stringify(text)}, and Broadside publishes to everybody`,
        cure,
        'front-matter.audience',
      )
    }
    for (const key of keysOf('emailOnly')) {
      if (reader.flag([key]) !== true) continue
      reader.refuse([key], 'is set, and Broadside mails only what it publishes', cure, 'front-matter.audience')
    }
  }
}

/** Canonical form of a BCP 47 tag; Jekyll's and POSIX's `pt_BR` is understood. */
export function canonicalLanguage(tag: string): string | undefined {
  try {
    return Intl.getCanonicalLocales(tag.replaceAll('_', '-'))[0]
  } catch {
    return undefined
  }
}

function findKeys(document: FieldDocument, report: Report): KeysOf {
  const spelled = new Map<string, string>()
  for (const key of Object.keys(document.fields)) {
    const folded = foldKey(key)
    const other = spelled.get(folded)
    if (other === undefined) spelled.set(folded, key)
    else if (knownKeys.has(folded)) {
      const at = document.placeOf([key], 'key')
      const message = `"${key}" and "${other}" are the same key.`
      report.error(report.codes.duplicateKey, message, {at, cure: 'Keep one of the two.'})
    }
  }
  for (const [folded, key] of spelled) {
    if (knownKeys.has(folded) || foreignKeys.has(folded)) continue
    const nearest = nearestWord(folded, knownKeys.keys())
    if (nearest === undefined) continue
    const at = document.placeOf([key], 'key')
    const cure = `Did you mean "${knownKeys.get(nearest)}"?`
    report.warning(report.codes.unknownKey, `"${key}" means nothing here.`, {at, cure})
  }
  return (meaning) =>
    frontMatterKeys[meaning].map((key) => spelled.get(foldKey(key))).filter((key) => key !== undefined)
}

/** Folded spellings, with the one to show to people. */
const knownKeys = new Map<string, string>(
  Object.values(frontMatterKeys).flatMap((keys) => keys.map((key) => [foldKey(key), key])),
)
