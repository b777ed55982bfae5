import type {Diagnostic} from '@broadside/content'
import type {Element, Parents} from 'hast'
import {escapeText} from '../escape-html.ts'
import type {Inserts} from '../inserts.ts'
import {textOf} from '../text-of.ts'
import {printMathml} from './print-mathml.ts'

type Place = {file: string; bodyLine: number}

/**
 * Puts MathML in the place of an element that holds TeX. TeX that cannot be read stays as it was written, and its
 * author is told.
 */
export function insertMath(
  node: Element,
  index: number,
  parent: Parents,
  inserts: Inserts,
  {display, file, bodyLine}: Place & {display: boolean},
): Diagnostic | undefined {
  const tex = textOf(node).trim()
  const printed = printMathml(tex, {display})
  const html = 'html' in printed ? printed.html : `<code class="math-error">${escapeText(tex)}</code>`
  const whole = display ? `<div class="math" tabindex="0">${html}</div>` : html
  parent.children[index] = inserts.add(whole, whole.replace(' tabindex="0"', ''))
  if ('html' in printed) return undefined
  const {line, column} = node.position?.start ?? {}
  return {
    severity: 'warning',
    code: 'markdown.math',
    file,
    ...(line === undefined ? {} : {line: line + bodyLine - 1}),
    ...(column === undefined ? {} : {column}),
    message: `A formula cannot be read: ${printed.problem.replace(/\.?$/, '.')}`,
    cure: 'Put the TeX right. Where a dollar sign is meant, write \\$.',
  }
}
