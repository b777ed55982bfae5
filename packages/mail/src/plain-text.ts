import {convert, type Formatter} from 'html-to-text'
import type {MailWords} from './mail-words.ts'
import {meaningText, tableText} from './table-text.ts'
import {textColumns} from './wrap-lines.ts'

/**
 * A post's HTML as plain text to be read: lines of 72 characters, addresses behind their links, tables in columns where
 * they fit, code indented and never wrapped.
 */
export function plainText(html: string, words: MailWords): string {
  const image: Formatter = (element, _walk, builder) => {
    const alt = element.attribs['alt'] ?? ''
    if (alt !== '') builder.addInline(`[${words.image}: ${alt}]`)
  }
  const text = convert(html, {
    wordwrap: textColumns,
    formatters: {image, markedHeading, indentedCode, tableText, meaningText},
    selectors: [
      {selector: 'a', options: {hideLinkHrefIfSameAsText: true, linkBrackets: ['<', '>']}},
      {selector: 'img', format: 'image'},
      {selector: 'table', format: 'tableText', options: {uppercaseHeaderCells: false}},
      {selector: 'dd', format: 'meaningText'},
      ...['dl', 'figure', 'details'].map((selector) => block(selector, 2)),
      ...['dt', 'figcaption', 'summary'].map((selector) => block(selector, 1)),
      {selector: 'pre', format: 'indentedCode'},
      {selector: 'ul', options: {itemPrefix: ' - '}},
      {selector: 'hr', options: {length: 24}},
      ...['h1', 'h2', 'h3', 'h4', 'h5', 'h6'].map((selector) => ({selector, format: 'markedHeading'})),
    ],
  })
  return text
    .replace(/[ \t]+$/gm, '')
    .replace(/\n{4,}/g, '\n\n\n')
    .trim()
}

function block(selector: string, lines: number) {
  return {selector, format: 'block', options: {leadingLineBreaks: lines, trailingLineBreaks: lines}}
}

const markedHeading: Formatter = (element, walk, builder) => {
  builder.openBlock({leadingLineBreaks: 3})
  builder.addLiteral(`${'#'.repeat(Number(element.name.slice(1)))} `)
  walk(element.children, builder)
  builder.closeBlock({trailingLineBreaks: 2})
}

const indentedCode: Formatter = (element, walk, builder) => {
  builder.openBlock({isPre: true, leadingLineBreaks: 2})
  walk(element.children, builder)
  builder.closeBlock({
    trailingLineBreaks: 2,
    blockTransform: (block) => block.replace(/\n+$/, '').replace(/^(?=.)/gm, '    '),
  })
}
