import type {Element} from 'hast'
import {toHtml} from 'hast-util-to-html'
import type {Handle, State} from 'hast-util-to-mdast'
import type {Image, Nodes, Paragraph} from 'mdast'
import {attributesOf, classesOf, elementsIn, textIn} from './html-elements.ts'
import {linkAlone} from './link-alone.ts'

/**
 * An image alone in its paragraph with a title is a figure with a caption here. Galleries are images one after another;
 * cards of links are links; what else a figure may hold keeps its caption below it.
 */
export function figureHandler(tell: (what: string) => void): Handle {
  return (state, node) => {
    const classes = classesOf(node)
    const [caption] = elementsIn(node, 'figcaption')
    const said = caption === undefined ? '' : textIn(caption)
    if (classes.includes('kg-bookmark-card') || classes.includes('kg-embed-card')) {
      const card = cardOf(node, said)
      if (card !== undefined) return card
    }
    const images = elementsIn(node, 'img')
      .map((image) => imageOf(state, image))
      .filter((image) => image !== undefined)
    const [only] = images
    if (only !== undefined && images.length === 1) {
      if (caption !== undefined && elementsIn(caption, 'a').length > 0)
        tell(`links of a caption were left out: ${said}`)
      return alone({...only, title: said === '' ? (only.title ?? null) : said})
    }
    const rest = {...node, children: node.children.filter((child) => child !== caption)}
    const below: Paragraph[] = said === '' ? [] : [{type: 'paragraph', children: [{type: 'text', value: said}]}]
    if (images.length > 1) return [...images.map(alone), ...below]
    const [media] = [...elementsIn(node, 'video'), ...elementsIn(node, 'audio')]
    if (media !== undefined) return [{type: 'html', value: toHtml(media)}, ...below] as Nodes[]
    return [...(state.toFlow(state.all(rest)) as Nodes[]), ...below]
  }
}

export const imageHandler: Handle = (state, node) => imageOf(state, node)

function imageOf(state: State, node: Element): Image | undefined {
  const about = attributesOf(node)
  const {src, alt, title} = node.properties
  const given = [about?.['src'], node.properties['dataSrc'], src].find((one) => typeof one === 'string' && one !== '')
  if (typeof given !== 'string') return undefined
  const own = about?.['alt']
  return {
    type: 'image',
    url: state.resolve(originalOf(given)),
    alt: String(alt ?? (typeof own === 'string' ? own : '')),
    title: typeof title === 'string' && title !== '' ? title : null,
  }
}

/** Substack serves images through an address that has that of the file at its end. */
function originalOf(src: string): string {
  const inner = /^https:\/\/substackcdn\.com\/image\/fetch\/.*?(https?(?:%3A|:).+)$/i.exec(src)?.[1]
  return inner === undefined ? src : inner.includes('%') ? decodeURIComponent(inner) : inner
}

function alone(image: Image): Paragraph {
  return {type: 'paragraph', children: [image]}
}

function cardOf(node: Element, said: string): Nodes | undefined {
  const [frame] = elementsIn(node, 'iframe')
  const href = frame?.properties.src ?? elementsIn(node, 'a')[0]?.properties.href
  if (typeof href !== 'string' || !/^(?:https?:)?\/\//.test(href)) return undefined
  const url = href.replace(/^\/\//, 'https://')
  const title = elementsIn(node, 'div').find((child) => classesOf(child).includes('kg-bookmark-title'))
  return linkAlone(url, title === undefined ? (said === '' ? url : said) : textIn(title))
}
