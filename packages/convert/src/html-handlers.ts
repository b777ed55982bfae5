import type {Element} from 'hast'
import {toHtml} from 'hast-util-to-html'
import {defaultHandlers, type Handle, type State} from 'hast-util-to-mdast'
import type {BlockContent, Nodes, Paragraph} from 'mdast'
import {attributesOf, classesOf, elementsIn, textIn} from './html-elements.ts'
import {figureHandler, imageHandler} from './html-figures.ts'
import {linkAlone} from './link-alone.ts'

type Tell = (what: string) => void

/** Boxes of the old tool around a text: they ask for something that only it can give. */
const boxes =
  /^(?:subscription-widget(?:-wrap(?:-editor)?)?|subscribe-widget|captioned-button-wrap|button-wrapper|kg-signup-card|kg-cta-card|kg-header-card|poll-embed|community-chat|sharedaddy|jp-relatedposts|wp-block-jetpack-subscriptions)$/

/** How elements of Ghost, Substack and WordPress are said in Broadside's Markdown, besides those of plain HTML. */
export function elementHandlers(tell: Tell): Record<string, Handle> {
  const byClass: Handle = (state, node, parent) => {
    const classes = classesOf(node)
    if (classes.some((name) => boxes.test(name))) {
      return leave(tell, `a box was left out: ${clip(textIn(node)) || classes.join(' ')}`)
    }
    if (classes.includes('kg-callout-card')) return alert(state, node)
    if (classes.includes('kg-toggle-card')) return toggle(state, node)
    if (classes.includes('footnote')) return footnote(state, node)
    if (classes.includes('pullquote')) return {type: 'blockquote', children: blocksIn(state, node)}
    return embedOf(node, tell) ?? standard(state, node, parent)
  }
  return {
    div: byClass,
    p: (state, node, parent) =>
      classesOf(node).includes('button-wrapper') ? byClass(state, node, parent) : defaultHandlers['p'](state, node),
    figure: figureHandler(tell),
    img: imageHandler,
    iframe: (_, node) => frame(node, tell),
    video: (_, node) => ({type: 'html', value: toHtml(node)}),
    audio: (_, node) => ({type: 'html', value: toHtml(node)}),
    details: (state, node) => toggle(state, node),
    script: (_, node) => script(node, tell),
    style: () => undefined,
    form: (_, node) => leave(tell, `a form was left out: ${clip(textIn(node))}`),
    object: (_, node) => leave(tell, `an embedded object was left out: ${String(node.properties['data'] ?? '')}`),
    a: anchor,
    sub: inline,
    sup: inline,
    kbd: inline,
    mark: inline,
    u: inline,
  }
}

const standard: Handle = (state, node) => state.all(node)

/** Keeps an element that Markdown has no sign for, around what it holds. */
const inline: Handle = (state, node) => {
  const [child] = elementsIn(node, 'a')
  if (child !== undefined && classesOf(child).includes('footnote-anchor')) return state.all(node)
  return [{type: 'html', value: `<${node.tagName}>`}, ...state.all(node), {type: 'html', value: `</${node.tagName}>`}]
}

/** Substack's notes: the number in the text, and the note below it, are known by their classes. */
const anchor: Handle = (state, node) => {
  const name = /^#footnote-(\w+)/.exec(String(node.properties.href ?? ''))?.[1]
  if (classesOf(node).includes('footnote-anchor') && name !== undefined) {
    return {type: 'footnoteReference', identifier: name, label: name}
  }
  // An image that leads to itself is a way to see it larger, which Broadside's pages have without it.
  if (
    elementsIn(node, 'img').length > 0 &&
    /\.(?:jpe?g|png|gif|webp|avif)(?:$|[?#])/i.test(String(node.properties.href))
  )
    return state.all(node)
  return defaultHandlers['a'](state, node)
}

function footnote(state: State, node: Element): Nodes {
  const [number] = elementsIn(node, 'a')
  const label = /^footnote-(\w+)/.exec(String(number?.properties.id ?? ''))?.[1] ?? textIn(number ?? node)
  const content = elementsIn(node, 'div').find((child) => classesOf(child).includes('footnote-content')) ?? node
  return {type: 'footnoteDefinition', identifier: label, label, children: blocksIn(state, content)}
}

function alert(state: State, node: Element): Nodes {
  const text = elementsIn(node, 'div').find((child) => classesOf(child).includes('kg-callout-text')) ?? node
  const mark: Paragraph = {type: 'paragraph', children: [{type: 'html', value: '[!note]'}]}
  return {type: 'blockquote', children: [mark, ...blocksIn(state, text)]}
}

function toggle(state: State, node: Element): Nodes[] {
  const summary =
    elementsIn(node, 'summary')[0] ??
    elementsIn(node, 'h4').find((child) => classesOf(child).includes('kg-toggle-heading-text'))
  const content = elementsIn(node, 'div').find((child) => classesOf(child).includes('kg-toggle-content')) ?? node
  const children = content.children.filter((child) => child !== summary)
  return [
    {
      type: 'html',
      value: `<details>\n<summary>${summary === undefined ? '' : toHtml({type: 'root', children: summary.children})}</summary>`,
    },
    ...blocksIn(state, {...content, children}),
    {type: 'html', value: '</details>'},
  ]
}

function frame(node: Element, tell: Tell): Nodes | undefined {
  const src = String(node.properties.src ?? node.properties['dataSrc'] ?? '').replace(/^\/\//, 'https://')
  if (!/^https?:/.test(src)) return leave(tell, 'a frame without an address was left out')
  if (!/(?:youtube(?:-nocookie)?\.com|youtu\.be|vimeo\.com|spotify\.com|soundcloud\.com|codepen\.io)\//.test(src))
    tell(`a frame became a link: ${src}`)
  return linkAlone(src)
}

function script(node: Element, tell: Tell): Nodes | undefined {
  const src = String(node.properties.src ?? '')
  const gist = /^(?:https?:)?\/\/gist\.github\.com\/([^?]+?)\.js/.exec(src)?.[1]
  if (gist === undefined) return leave(tell, `a script was left out${src === '' ? '' : `: ${src}`}`)
  tell(`a gist became a link: ${gist}`)
  return linkAlone(`https://gist.github.com/${gist}`)
}

/** Substack says what is embedded in an attribute. */
function embedOf(node: Element, tell: Tell): Nodes | undefined {
  const about = attributesOf(node)
  if (about === undefined) return undefined
  if (typeof about['videoId'] === 'string') {
    return /vimeo/.test(classesOf(node).join(' '))
      ? linkAlone(`https://vimeo.com/${about['videoId']}`)
      : linkAlone(`https://www.youtube.com/watch?v=${about['videoId']}`)
  }
  const {url, canonical_url: canonical, title, full_text: text} = about
  const target = [canonical, url].find((one) => typeof one === 'string' && /^https?:/.test(one)) as string | undefined
  if (target === undefined) return undefined
  tell(`an embed became a link: ${target}`)
  return linkAlone(target, [title, text].find((one) => typeof one === 'string' && one !== '') as string | undefined)
}

function blocksIn(state: State, node: Element): BlockContent[] {
  return state.toFlow(state.all(node)) as BlockContent[]
}

function leave(tell: Tell, what: string): undefined {
  tell(what)
  return undefined
}

function clip(text: string): string {
  return text.length > 60 ? `${text.slice(0, 59)}…` : text
}
