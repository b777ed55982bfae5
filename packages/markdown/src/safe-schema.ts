import {defaultSchema} from 'hast-util-sanitize'
import type {Schema} from 'hast-util-sanitize'

/** Stands before every id and name an author writes in HTML, so that none can shadow a property of `document`. */
export const idPrefix = 'user-content-'

// `null` in a schema would mean that everything is allowed; these three are lists in the default.
const attributes = defaultSchema.attributes ?? {}
const protocols = defaultSchema.protocols ?? {}
const tagNames = defaultSchema.tagNames ?? []

// These carry URLs in forms that are not looked into, or would act if a form were ever around them.
const refused = new Set(['srcSet', 'longDesc', 'action', 'method', 'encType', 'accept', 'acceptCharset', 'accessKey'])

type Attribute = (typeof attributes)[string][number]

// Any class may be written by hand, so lists of single allowed classes give way to the general rule.
const kept = (list: readonly Attribute[] = []): Attribute[] =>
  list.filter((entry) => (typeof entry === 'string' ? !refused.has(entry) : entry[0] !== 'className'))

const own: Record<string, Attribute[]> = {
  '*': ['className', 'data*', 'ariaHidden', 'ariaLabel', 'role', 'translate'],
  a: [['target', '_blank'], 'rel', 'download'],
  img: ['alt', 'decoding', 'loading', 'sizes'],
  video: ['controls', 'loop', 'muted', 'playsInline', 'poster', 'preload', 'src'],
  audio: ['controls', 'loop', 'muted', 'preload', 'src'],
  source: ['src', 'type', 'media'],
  track: ['default', 'kind', 'src', 'srcLang', 'label'],
  details: ['open', 'name'],
  time: ['dateTime'],
  ol: ['reversed', 'start', 'type'],
}

const moreTagNames = (
  'abbr address article aside audio bdi bdo caption cite col colgroup dfn figcaption figure footer header mark nav small ' +
  'time track u video wbr'
).split(' ')

/**
 * What may stand in a page: GitHub's allow-list, with figures, media, classes and data attributes for authors. Nothing
 * in it can run, embed another site, send a form or restyle the page.
 */
export const safeSchema: Schema = {
  ...defaultSchema,
  tagNames: [...tagNames, ...moreTagNames],
  attributes: Object.fromEntries(
    [...new Set([...Object.keys(attributes), ...Object.keys(own)])].map((tagName) => [
      tagName,
      [...kept(attributes[tagName]), ...(own[tagName] ?? [])],
    ]),
  ),
  clobberPrefix: idPrefix,
  protocols: {
    ...protocols,
    href: [...(protocols['href'] ?? []), 'tel', 'sms', 'matrix', 'magnet'],
    poster: ['http', 'https'],
  },
  // The text inside these is code, or means nothing without its element; of all others the text stays.
  strip: ['script', 'style', 'iframe', 'object', 'svg', 'math', 'template', 'noscript', 'noembed', 'noframes', 'title'],
}
