import {checkAddress} from './check-address.ts'
import {decodeText} from './decode-text.ts'
import type {Diagnostic} from './diagnostic.ts'
import {settingsCodes} from './field-codes.ts'
import {isFields, type FieldPath} from './field-document.ts'
import {createFieldReader, type FieldReader} from './field-reader.ts'
import {nearestWord} from './nearest-word.ts'
import {isTimezone} from './parse-instant.ts'
import {canonicalLanguage} from './read-meta.ts'
import {readYaml} from './read-yaml.ts'
import {createReport, type Report} from './report.ts'
import {readWebUrl} from './read-web-url.ts'
import {readPodcastSettings} from './read-podcast-settings.ts'
import {readSecuritySettings} from './read-security-settings.ts'
import {markdownKeys, readMarkdownSettings} from './read-markdown-settings.ts'
import {readNewsletterSettings} from './read-newsletter-settings.ts'
import {defaultSettings, type SiteSettings} from './site-settings.ts'

const maxSettingsBytes = 262_144
const maxHubs = 5
const topKeys =
  'id title tagline description language timezone authors navigation permalink feeds newsletter theme security podcast markdown search notify cards'.split(
    ' ',
  )

/**
 * Reads `broadside.yaml`; every key is optional:
 *
 *     title: Notes from the field
 *     tagline: What we learned this week
 *     description: A studio's notebook
 *     language: en                      # BCP 47
 *     timezone: Europe/Lisbon           # IANA; dates without a zone are read in it
 *     id: notes-from-the-field          # what feed ids hang on, where the site's name may change
 *     permalink: /posts/:slug/          # :slug, and optionally :year, :month, :day
 *     authors:
 *       ines: {name: Inês Duarte, role: Editor, url: https://example.org/ines}
 *     navigation:
 *       - {label: About, url: /about/}
 *     feeds: {items: 20, maxKilobytes: 1000, hub: https://hub.example.org/}
 *     security: {contact: [mailto:security@example.org], expires: 2027-12-31}
 *     podcast: {author: Inês Duarte, email: pod@example.org, image: /assets/cover.png, category: Technology}
 *     newsletter:
 *       enabled: true                   # true where the key is left out
 *       name: The Field Letter
 *       from: Notes <notes@example.org>
 *       replyTo: editor@example.org
 *       postalAddress: Rua Nova 1, Lisboa
 *       autoSendDays: 7
 *       graceHours: 24
 *       countOpens: true                # false where the key is left out, as the next
 *       countClicks: true
 *     notify: {failures: true}          # mail to the author of a push that fails
 *     markdown: {smartPunctuation: true, math: true, lineNumbers: false, headingLinks: true}
 *     cards: true                       # a picture for previews of each post that has none
 *     search: false                     # no search page; true where the key is left out
 *     theme:
 *       variables: {accent: "#b00020"}
 *
 * `settings` is undefined when anything is wrong beyond a warning: whoever has the last good ones keeps them.
 * `siteName` stands in for a missing title.
 */
export function parseSettings(
  file: string,
  bytes: Uint8Array,
  siteName = 'Untitled',
): {settings: SiteSettings | undefined; diagnostics: Diagnostic[]} {
  const report = createReport(file, settingsCodes)
  const text = decodeText(bytes, report, maxSettingsBytes)
  const document = text === undefined ? undefined : readYaml(text, 1, report)
  if (document === undefined) return {settings: undefined, diagnostics: report.diagnostics}
  const reader = createFieldReader(document, report)
  warnOfUnknownKeys(reader, report)

  const settings = defaultSettings(siteName)
  const id = reader.text(['id'], {maxLength: 200})
  if (id !== undefined) settings.id = id
  settings.title = reader.text(['title'], {maxLength: 200}) ?? settings.title
  settings.tagline = reader.text(['tagline']) ?? settings.tagline
  settings.description = reader.text(['description'], {maxLength: 5_000, lines: true})?.replaceAll(/\s+/g, ' ') ?? ''
  settings.language =
    readChecked(['language'], canonicalLanguage, 'Write a tag such as en or pt-BR.') ?? settings.language
  const zone = (name: string) => (isTimezone(name) ? name : undefined)
  settings.timezone = readChecked(['timezone'], zone, 'Write a name such as Europe/Lisbon or UTC.') ?? settings.timezone
  settings.permalink = readPermalink(reader) ?? settings.permalink
  settings.feeds.items = reader.number(['feeds', 'items'], {min: 1, max: 100}) ?? settings.feeds.items
  const maxKilobytes = reader.number(['feeds', 'maxKilobytes'], {min: 10, max: 100_000})
  if (maxKilobytes !== undefined) settings.feeds.maxKilobytes = maxKilobytes
  const hubs = readHubs(reader)
  if (hubs.length > 0) settings.feeds.hubs = hubs
  const security = readSecuritySettings(reader, settings.timezone)
  if (security !== undefined) settings.security = security
  const podcast = readPodcastSettings(reader)
  if (podcast !== undefined) settings.podcast = podcast
  settings.newsletter = readNewsletterSettings(reader, settings.newsletter)
  const failures = reader.flag(['notify', 'failures'])
  if (failures !== undefined) settings.notify = {failures}
  const markdown = readMarkdownSettings(reader)
  if (markdown !== undefined) settings.markdown = markdown
  const cards = reader.flag(['cards'])
  if (cards !== undefined) settings.cards = cards
  const search = reader.flag(['search'])
  if (search !== undefined) settings.search = search
  readAuthors(reader, settings)
  readNavigation(reader, settings)
  readVariables(reader, settings)
  return {settings: report.isBroken() ? undefined : settings, diagnostics: report.diagnostics}

  function readChecked(path: FieldPath, check: (text: string) => string | undefined, cure: string) {
    const written = reader.text(path)
    if (written === undefined) return undefined
    return check(written) ?? reader.refuse(path, `is unknown: ${JSON.stringify(written)}`, cure)
  }
}

/** One hub or several; each of them is told of each change. */
function readHubs(reader: FieldReader): string[] {
  const paths = reader.items(['feeds', 'hub'])
  if (paths.length > maxHubs) {
    reader.refuse(['feeds', 'hub'], 'names too many hubs', `Name ${maxHubs} at most.`)
    return []
  }
  return [...new Set(paths.flatMap((path) => readWebUrl(reader, path) ?? []))]
}

function warnOfUnknownKeys(reader: FieldReader, report: Report): void {
  const known: [FieldPath, readonly string[]][] = [
    [[], topKeys],
    [['feeds'], ['items', 'maxKilobytes', 'hub']],
    [['security'], ['contact', 'expires', 'policy']],
    [['podcast'], ['author', 'email', 'image', 'category', 'explicit', 'guid']],
    [
      ['newsletter'],
      [
        'enabled',
        'name',
        'from',
        'replyTo',
        'postalAddress',
        'autoSendDays',
        'graceHours',
        'countOpens',
        'countClicks',
      ],
    ],
    [['markdown'], markdownKeys],
    [['notify'], ['failures']],
    [['theme'], ['variables']],
  ]
  for (const [path, names] of known) {
    // `newsletter: true` is a short form, which its own reader judges.
    if (path[0] === 'newsletter' && !isFields(reader.valueAt(path))) continue
    for (const key of reader.keys(path) ?? []) {
      if (names.includes(key)) continue
      const nearest = nearestWord(
        key.toLowerCase(),
        names.map((name) => name.toLowerCase()),
      )
      const meant = names.find((name) => name.toLowerCase() === nearest)
      const cure = meant === undefined ? `The keys here are ${names.join(', ')}.` : `Did you mean "${meant}"?`
      const name = [...path, key].join('.')
      report.warning(report.codes.unknownKey, `"${name}" means nothing here.`, {
        at: reader.placeOf([...path, key], 'key'),
        cure,
      })
    }
  }
}

function readPermalink(reader: FieldReader): string | undefined {
  const text = reader.text(['permalink'])
  if (text === undefined) return undefined
  const checked = checkAddress(text)
  const cure = 'Write a pattern such as /:year/:month/:slug/.'
  if ('problem' in checked) return reader.refuse(['permalink'], checked.problem, cure)
  const tokens: string[] = checked.address.match(/:[a-z]+/gi) ?? []
  if (!tokens.includes(':slug')) return reader.refuse(['permalink'], 'has no :slug, so that all posts would meet', cure)
  const unknown = tokens.find((token) => !/^:(?:slug|year|month|day)$/.test(token))
  if (unknown !== undefined) return reader.refuse(['permalink'], `has an unknown part ${unknown}`, cure)
  return checked.address
}

function readAuthors(reader: FieldReader, settings: SiteSettings): void {
  for (const key of reader.keys(['authors']) ?? []) {
    const path = ['authors', key]
    if (typeof reader.valueAt(path) === 'string') {
      settings.authors[key] = {name: reader.text(path) ?? key}
      continue
    }
    if (reader.keys(path) === undefined) continue
    const author: SiteSettings['authors'][string] = {name: reader.text([...path, 'name']) ?? key}
    const role = reader.text([...path, 'role'])
    if (role !== undefined) author.role = role
    const url = readLink(reader, [...path, 'url'])
    if (url !== undefined) author.url = url
    settings.authors[key] = author
  }
}

function readNavigation(reader: FieldReader, settings: SiteSettings): void {
  for (const path of reader.items(['navigation'])) {
    if (reader.keys(path) === undefined) continue
    const label = reader.text([...path, 'label'])
    const url = readLink(reader, [...path, 'url'])
    if (label !== undefined && url !== undefined) settings.navigation.push({label, url})
    else if (reader.valueAt([...path, 'label']) === undefined || reader.valueAt([...path, 'url']) === undefined) {
      reader.refuse(path, 'lacks a label or a url', 'Write {label: About, url: /about/}.')
    }
  }
}

/** An address on the site, or a URL of the web or of mail; never a script. */
function readLink(reader: FieldReader, path: FieldPath): string | undefined {
  const text = reader.text(path)
  if (text === undefined || /^(?:\/(?!\/)|#)/.test(text)) return text
  const url = URL.parse(text)
  if (url !== null && /^(?:https?|mailto):$/.test(url.protocol)) return text
  return reader.refuse(path, 'is no address', 'Write /about/ or https://example.org/.')
}

/**
 * Values go into a style sheet: what could end the declaration, or load something, is refused. Whatever passes here
 * passes in the theme as well, so that no setting can stop a release.
 */
function readVariables(reader: FieldReader, settings: SiteSettings): void {
  for (const key of reader.keys(['theme', 'variables']) ?? []) {
    const path = ['theme', 'variables', key]
    const text = reader.text(path, {maxLength: 200})
    const name = key.replace(/^--/, '')
    if (!/^[a-z][a-z0-9-]{0,39}$/.test(name))
      reader.refuse(path, 'has no name that CSS knows', 'Use a-z, digits and hyphens, 40 at most.')
    else if (text !== undefined && (unsafeInStyles.test(text) || text.trim() === '' || !isBalanced(text))) {
      reader.refuse(path, 'is more than a value', 'Write a color, length or list of fonts.')
    } else if (text !== undefined) settings.theme.variables[name] = text
  }
}

const unsafeInStyles = /[;{}<>\\@!]|\/\*|url\s*\(|image-set\s*\(|expression\s*\(|\p{Cc}/iu

/** Open brackets and quotes would swallow the declarations that follow. */
function isBalanced(value: string): boolean {
  const outside = value.replaceAll(/"[^"]*"|'[^']*'/g, '')
  if (/["'[\]]/.test(outside)) return false
  let depth = 0
  for (const character of outside) {
    if (character === '(') depth += 1
    if (character === ')' && --depth < 0) return false
  }
  return depth === 0
}
