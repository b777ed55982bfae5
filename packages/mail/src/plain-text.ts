import {convert, type Formatter} from 'html-to-text'
import type {MailWords} from './mail-words.ts'

/**
 * A post's HTML as plain text to be read: lines of 72 characters, addresses behind their links, tables in columns, code
 * indented and never wrapped.
 */
export function plainText(html: string, words: MailWords): string {
  const image: Formatter = (element, _walk, builder) => {
    const alt = element.attribs['alt'] ?? ''
    if (alt !== '') builder.addInline(`[${words.image}: ${alt}]`)
  }
  const text = convert(html, {
    wordwrap: 72,
    formatters: {image, markedHeading, indentedCode},
    selectors: [
      {selector: 'a', options: {hideLinkHrefIfSameAsText: true, linkBrackets: ['<', '>']}},
      {selector: 'img', format: 'image'},
      {
        selector: 'table',
        format: 'dataTable',
        options: {uppercaseHeaderCells: false, maxColumnWidth: 32, colSpacing: 2},
      },
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
