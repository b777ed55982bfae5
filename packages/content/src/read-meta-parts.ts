import {isFields} from './field-document.ts'
import type {FieldReader} from './field-reader.ts'
import type {PostMeta} from './post-source.ts'
import type {KeysOf} from './read-meta.ts'
import {nearestWord} from './nearest-word.ts'
import type {Report} from './report.ts'
import type {SiteSettings} from './site-settings.ts'
import {slugify} from './slug.ts'

const maxTags = 100

/**
 * Tags and categories together, each once. A text is split at commas, else at spaces as Jekyll does;
 * `category` names one.
 */
export function readTags(reader: FieldReader, keysOf: KeysOf, report: Report): string[] {
  const bySlug = new Map<string, string>()
  for (const key of keysOf('tags')) {
    for (const path of reader.items([key])) {
      const text = reader.text(path)?.normalize('NFC')
      if (text === undefined) continue
      const isOne = path.length > 1 || /^category$/i.test(key)
      const names = isOne ? [text] : text.split(text.includes(',') || /^keywords$/i.test(key) ? /\s*,\s*/ : /\s+/)
      for (const name of names.filter((part) => part !== '')) {
        const slug = slugify(name)
        if (slug === '') {
          const cure = 'A tag needs a letter or digit, for its page has an address.'
          report.warning('front-matter.tag', `The tag ${JSON.stringify(name)} is left out.`, {
            at: reader.placeOf(path),
            cure,
          })
        } else if (!bySlug.has(slug)) bySlug.set(slug, name)
      }
    }
    if (bySlug.size > maxTags)
      reader.refuse([key], `has more than ${maxTags} tags`, 'Keep those that readers look for.')
  }
  return [...bySlug.values()]
}

/** Authors are keys of the settings' `authors`, plain names, or objects with a name. */
export function readAuthors(reader: FieldReader, keysOf: KeysOf, settings: SiteSettings, report: Report): string[] {
  const names = keysOf('authors').flatMap((key) =>
    reader.items([key]).map((path) => {
      const isObject = isFields(reader.valueAt(path))
      const name = reader.text(isObject ? [...path, 'name'] : path)
      if (name === undefined || Object.hasOwn(settings.authors, name)) return name
      const nearest = nearestWord(name, Object.keys(settings.authors))
      if (nearest !== undefined) {
        const more = {at: reader.placeOf(path), cure: `Did you mean "${nearest}"?`}
        report.warning('front-matter.unknown-author', `broadside.yaml has no author "${name}".`, more)
      }
      return name
    }),
  )
  return [...new Set(names.filter((name) => name !== undefined))]
}

/** A path or URL, the first of a list, or an object with one and an `alt`. */
export function readImage(reader: FieldReader, keysOf: KeysOf): Pick<PostMeta, 'image' | 'imageAlt'> {
  const found: Pick<PostMeta, 'image' | 'imageAlt'> = {}
  for (const key of keysOf('image')) {
    const [path] = reader.items([key])
    if (path === undefined) continue
    if (!isFields(reader.valueAt(path))) {
      const image = reader.text(path)
      if (image !== undefined) found.image = checkedFile(image) ?? refuseImage(path)
    } else {
      const steps = ['src', 'url', 'image', 'path'].map((step) => [...path, step])
      const image = steps.map((step) => reader.text(step)).find((text) => text !== undefined)
      if (image !== undefined) found.image = checkedFile(image) ?? refuseImage(path)
      const alt = reader.text([...path, 'alt'])
      if (alt !== undefined) found.imageAlt = alt
    }
    if (found.image !== undefined) break
  }
  for (const key of keysOf('imageAlt')) {
    const alt = reader.text([key])
    if (alt !== undefined) found.imageAlt = alt
  }
  if (found.image === '') delete found.image
  return found

  function refuseImage(path: readonly (string | number)[]): string {
    reader.refuse(path, 'is no image that can be shown', 'Write a path beside the post, or a URL with https.')
    return ''
  }
}

/** Other schemes than the web's (`data:`, `javascript:`) are refused; paths are resolved by who has the tree. */
export function checkedFile(image: string): string | undefined {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(image)?.[1]?.toLowerCase()
  return scheme === undefined || scheme === 'https' || scheme === 'http' ? image : undefined
}

/** `newsletter: true` or `false`, or an object with `send`, `subject` and `preheader`; Buttondown's `subject` counts. */
export function readNewsletter(reader: FieldReader, keysOf: KeysOf, report: Report): PostMeta['newsletter'] {
  const newsletter: PostMeta['newsletter'] = {}
  const [key] = keysOf('newsletter')
  const value = key === undefined ? undefined : reader.valueAt([key])
  const texts = (paths: string[][]): string | undefined =>
    paths.map((path) => reader.text(path)).find((text) => text !== undefined)
  const inside = key !== undefined && isFields(value)
  if (inside) {
    const send = reader.flag([key, 'send'])
    if (send !== undefined) newsletter.send = send
  } else if (key !== undefined && typeof value === 'string' && !/^(?:true|yes|on|false|no|off)$/i.test(value.trim())) {
    // Ghost names one of several newsletters here. To send because of it would be a guess.
    const cure = 'Write newsletter: true to mail the post, or newsletter: false not to.'
    report.warning('front-matter.newsletter', `There is one newsletter, "${value}" is not read.`, {
      at: reader.placeOf([key]),
      cure,
    })
  } else if (key !== undefined) {
    const send = reader.flag([key])
    if (send !== undefined) newsletter.send = send
  }
  const subject = texts([...(inside ? [[key, 'subject']] : []), ...keysOf('mailSubject').map((name) => [name])])
  if (subject !== undefined) newsletter.subject = subject
  const preheader = texts([...(inside ? [[key, 'preheader']] : []), ...keysOf('preheader').map((name) => [name])])
  if (preheader !== undefined) newsletter.preheader = preheader
  return newsletter
}

const maxSeriesOrder = 10_000

/** A name, the first of Hugo's list of them, or an object with `name` and `order`; `series_order` beside it counts. */
export function readSeries(reader: FieldReader, keysOf: KeysOf, report: Report): PostMeta['series'] {
  const [key] = keysOf('series')
  const [path] = key === undefined ? [] : reader.items([key])
  if (path === undefined) return undefined
  const isObject = isFields(reader.valueAt(path))
  const name = reader.text(isObject ? [...path, 'name'] : path, {maxLength: 200})?.normalize('NFC')
  if (name === undefined) return undefined
  if (slugify(name) === '') {
    const cure = 'A series needs a letter or digit, for its page has an address.'
    const message = `The series ${JSON.stringify(name)} is left out.`
    report.warning('front-matter.series', message, {at: reader.placeOf(path), cure})
    return undefined
  }
  const places = [...(isObject ? [[...path, 'order']] : []), ...keysOf('seriesOrder').map((own) => [own])]
  const order = places
    .map((place) => reader.number(place, {min: 0, max: maxSeriesOrder}))
    .find((number) => number !== undefined)
  return {name, ...(order === undefined ? {} : {order})}
}
