import type {Builder, Element, Formatter} from 'html-to-text'
import {textColumns} from './wrap-lines.ts'

/** Widths that columns may have, the widest that fits. */
const columnWidths = [32, 24, 16]
const gap = 2

/**
 * A table as plain text: in columns where they fit beside each other, else a block for each row, with the head of its
 * column before each cell.
 */
export const tableText: Formatter = (table, walk, builder, options) => {
  const rows = rowsOf(table)
  const width = columnWidths.find((most) => widthOf(rows, most) <= textColumns)
  const inColumns = builder.options.formatters['dataTable']
  if (width !== undefined && inColumns !== undefined) {
    return inColumns(table, walk, builder, {...options, maxColumnWidth: width, colSpacing: gap})
  }
  const [head = []] = rows
  const heads = head.length > 1 && head.every(({name}) => name === 'th') ? head.map(textOf) : []
  builder.openBlock({leadingLineBreaks: 2})
  for (const row of heads.length === 0 ? rows : rows.slice(1)) {
    builder.openBlock({leadingLineBreaks: 2})
    for (const [at, cell] of row.entries()) addCell(cell, heads[at])
    builder.closeBlock({trailingLineBreaks: 2})
  }
  builder.closeBlock({trailingLineBreaks: 2})

  function addCell(cell: Element, name: string | undefined): void {
    builder.openBlock({leadingLineBreaks: 1})
    if (name !== undefined && name !== '') builder.addInline(`${name}: `)
    walk(cell.children, builder)
    builder.closeBlock({trailingLineBreaks: 1})
  }
}

/** A term above what it means, which is indented. */
export const meaningText: Formatter = (element, walk, builder: Builder) => {
  builder.openBlock({leadingLineBreaks: 1, reservedLineLength: 4})
  walk(element.children, builder)
  builder.closeBlock({trailingLineBreaks: 2, blockTransform: (block) => block.replace(/^(?=.)/gm, '    ')})
}

function rowsOf(element: Element): Element[][] {
  return elementsIn(element).flatMap((child) =>
    child.name === 'tr' ? [elementsIn(child).filter(({name}) => name === 'th' || name === 'td')] : rowsOf(child),
  )
}

/** What the table takes up when cells wrap at `most` and words do not. */
function widthOf(rows: Element[][], most: number): number {
  const widths: number[] = []
  for (const row of rows) {
    for (const [at, cell] of row.entries()) {
      const text = textOf(cell)
      const longest = Math.max(0, ...text.split(' ').map((word) => word.length))
      widths[at] = Math.max(widths[at] ?? 0, longest, Math.min(text.length, most))
    }
  }
  return widths.reduce((sum, width) => sum + width + gap, -gap)
}

/** A cell's words as they are shown, the addresses of its links among them. */
function textOf(element: Element): string {
  const inner = element.children
    .map((child) => (isElement(child) ? textOf(child) : ((child as {data?: string}).data ?? '')))
    .join('')
  const href = element.name === 'a' ? element.attribs['href'] : undefined
  const alt = element.name === 'img' ? (element.attribs['alt'] ?? '') : ''
  return `${inner}${alt}${href === undefined || href === inner ? '' : ` <${href}>`}`.replace(/\s+/g, ' ').trim()
}

function elementsIn(element: Element): Element[] {
  return element.children.filter(isElement)
}

function isElement(child: unknown): child is Element {
  return (child as {type?: unknown}).type === 'tag'
}
