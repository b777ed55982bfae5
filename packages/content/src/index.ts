export {bodyBelow} from './body-below.ts'
export {checkAddress, isReservedAddress} from './check-address.ts'
export type {CheckedAddress} from './check-address.ts'
export * from './diagnostic.ts'
export {foldKey, frontMatterKeys} from './front-matter-keys.ts'
export type {Meaning} from './front-matter-keys.ts'
export type {Instant} from './instant.ts'
export {nearestWord} from './nearest-word.ts'
export {isTimezone, parseInstant} from './parse-instant.ts'
export {parsePage} from './parse-page.ts'
export {parsePost} from './parse-post.ts'
export type {DocumentInput} from './parse-document.ts'
export {parseRedirects} from './parse-redirects.ts'
export type {Redirect, RedirectStatus} from './parse-redirects.ts'
export {parseSettings} from './parse-settings.ts'
export {isSafePath, kindOfPath} from './path-kind.ts'
export type {PathKind} from './path-kind.ts'
export {derivePostId, feedUrn} from './post-identity.ts'
export {readFrontMatter} from './read-front-matter.ts'
export type {RawDocument} from './read-front-matter.ts'
export type {Audio, ParsedPost, PostMeta, PostSource} from './post-source.ts'
export {defaultSettings} from './site-settings.ts'
export type {
  Author,
  NavigationLink,
  NewsletterSettings,
  PodcastSettings,
  SecuritySettings,
  SiteSettings,
} from './site-settings.ts'
export {checkSlug, slugify} from './slug.ts'
export type {CheckedSlug} from './slug.ts'
export {nextChangeAt, statusAt} from './status.ts'
export type {Status, StatusInputs} from './status.ts'
