import type {Diagnostic} from '@broadside/content'
import type {Heading, Nodes, Root} from 'mdast'
import {parseMarkdown} from '../parse-markdown.ts'
import {textOf} from './text-of-node.ts'

export type LintOptions = {
  /** Path of the file in the site's repository. */
  file: string
  /** Line of the file, from 1, on which the body begins. */
  bodyLine: number
  math?: boolean
}

/** A link out of the site, as it is written. */
export type OuterLink = {url: string; line: number; column: number}

export type Linted = {diagnostics: Diagnostic[]; links: OuterLink[]}

type Warn = (node: Nodes, code: string, message: string, cure: string, ahead?: {lines: number; column: number}) => void

/**
 * What an author may want to put right before readers see it, though it renders: images that say nothing to those who
 * do not see them, headings that skip a level, placeholders. Pure; give it only bodies that a render pool has rendered,
 * since it parses in this process.
 */
export function lintMarkdown(body: string, {file, bodyLine, math = false}: LintOptions): Linted {
  const diagnostics: Diagnostic[] = []
  const links: OuterLink[] = []
  const placeOf = (node: Nodes) => {
    const {line = 1, column = 1} = node.position?.start ?? {}
    return {line: line + bodyLine - 1, column}
  }
  const warn: Warn = (node, code, message, cure, ahead) => {
    const start = placeOf(node)
    const place =
      ahead === undefined
        ? start
        : {
            line: start.line + ahead.lines,
            column: ahead.lines === 0 ? start.column + ahead.column : ahead.column + 1,
          }
    diagnostics.push({severity: 'warning', code, file, ...place, message, cure})
  }
  let depth = 1
  const visit = (node: Nodes): void => {
    if (node.type === 'heading') depth = checkHeading(node, depth, warn)
    else if (node.type === 'image' || node.type === 'imageReference') {
      if ((node.alt ?? '').trim() === '') {
        const cure = 'Say in the brackets what it shows; where it is mere decoration, write <img src="…" alt="">.'
        warn(node, 'image.no-alt', 'The image has no alternative text.', cure)
      }
    } else if (node.type === 'html') checkHtml(node, node.value, warn)
    else if (node.type === 'text') checkText(node, node.value, warn)
    if ((node.type === 'link' || node.type === 'definition' || node.type === 'image') && /^https?:/i.test(node.url))
      links.push({url: node.url, ...placeOf(node)})
    if ('children' in node) for (const child of node.children) visit(child)
  }
  visit(parseMarkdown(body, undefined, {math}) satisfies Root)
  return {diagnostics, links}
}

/** Gives the depth that the next heading may go one below. */
function checkHeading(node: Heading, above: number, warn: Warn): number {
  const marks = '#'.repeat(node.depth)
  if (node.depth === 1) {
    const message = `"${marks} ${textOf(node)}" is a heading of the first level, which is the title's.`
    warn(node, 'heading.order', message, 'Begin with ##.')
  } else if (node.depth > above + 1) {
    const message = `"${marks} ${textOf(node)}" skips a level: the heading above it has ${above}.`
    warn(node, 'heading.order', message, `Write ${'#'.repeat(above + 1)}.`)
  }
  return node.depth
}

function checkHtml(node: Nodes, html: string, warn: Warn): void {
  for (const {index} of html.matchAll(/<img\b(?![^>]*\salt\s*=)[^>]*>/gi)) {
    const cure = 'Add alt="what it shows"; where it is mere decoration, alt="".'
    warn(node, 'image.no-alt', 'The image has no alternative text.', cure, aheadOf(html, index))
  }
}

/** "To come": what journalists write where a fact is missing, since no word has these letters in a row. */
const placeholder = /(?<![\p{L}\p{N}])(?:TK)+(?![\p{L}\p{N}])/u

function checkText(node: Nodes, text: string, warn: Warn): void {
  const found = placeholder.exec(text)
  if (found === null) return
  const message = `"${found[0]}" stands for something that is still to come.`
  warn(node, 'text.placeholder', message, 'Write what is missing, or take it out.', aheadOf(text, found.index))
}

function aheadOf(text: string, index: number): {lines: number; column: number} {
  const before = text.slice(0, index).split('\n')
  return {lines: before.length - 1, column: before.at(-1)?.length ?? 0}
}
