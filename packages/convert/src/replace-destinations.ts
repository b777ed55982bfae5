import {parseMarkdown} from '@broadside/markdown/parse'
import type {Nodes} from 'mdast'

/** What follows `](`, `[name]:` or, within a tag, an attribute that loads or leads. */
const inMarkdown = /(?<=\]\(\s*<|^\[[^\]]+\]:\s*<)[^<>\n]+|(?<=\]\(\s*|^\[[^\]]+\]:\s*)[^\s"')<>]+/g
const inHtml = /(?<=<[a-z][^<>]*\s(?:src|href|poster)\s*=\s*["'])[^\s"'>]+/gi

type Range = {start: number; end: number}

/** Replaces where links, images, definitions and HTML of a text lead to. Code keeps its words, whatever they look like. */
export function replaceDestinations(markdown: string, place: (destination: string) => string): string {
  const parts: string[] = []
  let done = 0
  const visit = (node: Nodes): void => {
    const isHtml = node.type === 'html'
    if (isHtml || node.type === 'link' || node.type === 'image' || node.type === 'definition') {
      const {start, end} = rangeOf(node)
      const code = codeIn(node)
      const replaced = markdown.slice(start, end).replaceAll(isHtml ? inHtml : inMarkdown, (found, at: number) => {
        const isCode = code.some((range) => range.start <= start + at && start + at < range.end)
        return isCode ? found : place(found)
      })
      parts.push(markdown.slice(done, start), replaced)
      done = end
    } else if ('children' in node) for (const child of node.children) visit(child)
  }
  visit(parseMarkdown(markdown))
  return `${parts.join('')}${markdown.slice(done)}`
}

function codeIn(node: Nodes): Range[] {
  if (node.type === 'inlineCode') return [rangeOf(node)]
  return 'children' in node ? node.children.flatMap(codeIn) : []
}

function rangeOf({position}: Nodes): Range {
  return {start: position?.start.offset ?? 0, end: position?.end.offset ?? 0}
}
