import {defaultTreeAdapter as tree, parse, type DefaultTreeAdapterTypes as Dom} from 'parse5'
import type {EditionMessage} from './edition-message.ts'
import {mark, splitAtMarks} from './personal-marks.ts'

/** Gmail shows about so many bytes of HTML and hides the rest, with the way to unsubscribe, behind a link. */
const clipBytes = 102 * 1024
/** A subject beyond this is cut in most lists of mails. */
const subjectLength = 70
/**
 * A phone on slow 4G, 1.6 Mbit/s, has so many bytes of images after five seconds; and a mail shows the files themselves,
 * since few mail programs choose from smaller versions as browsers do.
 */
const imageBytesMost = 1_000_000
const slowBytesPerSecond = 200_000
/** Something about a mail that its author should know. A `gate` keeps it back until somebody says that it may go. */
export type MailFinding = {code: string; gate: boolean; message: string}

/**
 * Looks a mail over before it goes to anybody; `deadLinks` says which references of its post lead nowhere, `imageSizes`
 * how many bytes an image has, by its URL. The same mail has the same findings, gates first.
 */
export function preflight(
  message: EditionMessage,
  deadLinks: readonly string[],
  imageSizes: ReadonlyMap<string, number> = new Map(),
): MailFinding[] {
  const findings: MailFinding[] = []
  const find = (code: string, gate: boolean, message: string) => findings.push({code, gate, message})
  const {subject, text, html} = message
  const {links, images} = partsOf(html, message.counts?.pixelUrl)
  const bytes = Buffer.byteLength(html)
  if (bytes > clipBytes) {
    find(
      'preflight.size',
      true,
      `its HTML has ${Math.ceil(bytes / 1024)} kB; Gmail shows the first 102 and hides the rest`,
    )
  }
  for (const part of [text, html]) {
    if (!part.includes(mark('unsubscribe-url'))) find('preflight.unsubscribe', true, 'it has no way to unsubscribe')
  }
  if (text.trim() === '') find('preflight.plain-text', true, 'it has no plain text')
  if (/\bTK\b/.test(`${subject}\n${text}`)) {
    find('preflight.placeholder', true, 'it says TK, which marks what is still to be written')
  }
  // A personal link has its mark where its address will be.
  const relative = links.filter((href) => splitAtMarks(href).length === 1 && !/^(https?|mailto|tel):/i.test(href))
  if (relative.length > 0) find('preflight.relative-link', true, `a link leads nowhere in a mail: ${relative[0]}`)
  const [dead] = deadLinks
  if (dead !== undefined) find('preflight.dead-link', true, `something in it leads nowhere: ${dead}`)
  const silent = images.filter(({alt}) => alt === undefined || alt.trim() === '').length
  if (silent > 0) {
    const count = silent === 1 ? 'an image has' : `${silent} images have`
    find('preflight.alt', false, `${count} no words for those who do not see it`)
  }
  const shown = new Set(images.map(({src}) => src))
  const imageBytes = [...shown].reduce((sum, src) => sum + (imageSizes.get(src ?? '') ?? 0), 0)
  if (imageBytes > imageBytesMost) {
    const [size, seconds] = [(imageBytes / 1e6).toFixed(1), Math.ceil(imageBytes / slowBytesPerSecond)]
    find('preflight.images', false, `its images have ${size} MB, which take a phone on slow 4G ${seconds} s`)
  }
  const subjectSize = Array.from(subject).length
  if (subjectSize > subjectLength) {
    find(
      'preflight.subject',
      false,
      `its subject has ${subjectSize} characters; lists of mails show some ${subjectLength}`,
    )
  }
  return findings.toSorted((a, b) => Number(b.gate) - Number(a.gate))
}

type Image = {src: string | undefined; alt: string | undefined}

function partsOf(html: string, pixelUrl?: string): {links: string[]; images: Image[]} {
  const links: string[] = []
  const images: Image[] = []
  const visit = (node: Dom.ParentNode): void => {
    for (const child of node.childNodes) {
      if (!tree.isElementNode(child)) continue
      const value = (name: string) => child.attrs.find((attribute) => attribute.name === name)?.value
      const href = value('href')
      if (child.tagName === 'a' && href !== undefined) links.push(href)
      if (child.tagName === 'img' && value('src') !== pixelUrl) images.push({src: value('src'), alt: value('alt')})
      visit(child)
    }
  }
  visit(parse(html))
  return {links, images}
}
