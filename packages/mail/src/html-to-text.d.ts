// The package brings no types of its own. What is used here, as its README describes it.
declare module 'html-to-text' {
  export type Builder = {
    options: {formatters: Record<string, Formatter>}
    openBlock(options?: {leadingLineBreaks?: number; reservedLineLength?: number; isPre?: boolean}): void
    closeBlock(options?: {trailingLineBreaks?: number; blockTransform?: (block: string) => string}): void
    addInline(text: string): void
    addLiteral(text: string): void
  }
  export type Element = {name: string; attribs: Record<string, string>; children: unknown[]}
  export type Formatter = (
    element: Element,
    walk: (children: unknown[], builder: Builder) => void,
    builder: Builder,
    options: Record<string, unknown>,
  ) => void
  export type Options = {
    wordwrap?: number
    formatters?: Record<string, Formatter>
    selectors?: {selector: string; format?: string; options?: Record<string, unknown>}[]
  }
  export function convert(html: string, options?: Options): string
}
