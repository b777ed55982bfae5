import {describe, expect, test} from 'vitest'
import {joinFragment, renderFragment} from '../index.ts'
import type {ParserName} from '../index.ts'

const render = (source: string, math = true, parser?: ParserName) =>
  renderFragment(source, {file: 'posts/a.md', bodyLine: 3, markdown: {math}, ...(parser && {parser})})
const html = (source: string, math = true) => joinFragment(render(source, math), ({url}) => url, 'web')

describe('a formula', () => {
  test('in a line becomes MathML', () => {
    expect(html('So $x^2$.')).toBe('<p>So <math><msup><mi>x</mi><mn class="tml-sml-pad">2</mn></msup></math>.</p>')
  })

  test.for(['$$\nx\n$$', '```math\nx\n```'])('of its own becomes a block: %j', (source) => {
    expect(html(source)).toBe(
      '<div class="math" tabindex="0"><math display="block" class="tml-display"><mi>x</mi></math></div>',
    )
  })

  test('in a fence needs no setting, and dollars are money without it', () => {
    expect(html('```math\nx\n```', false)).toContain('<math')
    expect(html('$5 and $6', false)).toBe('<p>$5 and $6</p>')
  })

  test('that cannot be read stays as it is, and its author is told where', () => {
    const fragment = render('Text $\\frac{a$')
    expect(fragment.parts.join('')).toContain('<code class="math-error">\\frac{a</code>')
    expect(fragment.diagnostics).toEqual([
      expect.objectContaining({severity: 'warning', code: 'markdown.math', file: 'posts/a.md', line: 3, column: 6}),
    ])
  })

  test.for([
    '\\href{javascript:alert(1)}{x}',
    '\\includegraphics{https://evil.example/x.png}',
    '\\text{<script>alert(1)</script>}',
    '\\class{x" onclick="alert(1)}{y}',
    '\\style{background:url(//evil.example)}{y}',
    '\\label{" onclick="alert(1)} x',
    '\\textcolor{red;background:url(x)}{y}',
    '\\def\\x{\\x\\x}\\x',
    '\\url{javascript:alert(1)}',
    '\\html{<img src=x onerror=alert(1)>}',
  ])('can neither lead away nor run anything: %s', (tex) => {
    const page = html(`\`\`\`math\n${tex}\n\`\`\``).replace(/(<code class="math-error">)[^<]*/, '$1')
    expect(page).not.toMatch(/<(?!\/?(?:math|m[a-z]+|div|code)[ >])|href|src=| on|style=|id=/)
  })

  test('keeps its colours without inline styles', () => {
    expect(html('$\\color{#b00}x$')).toContain('mathcolor="#b00"')
  })

  test.for([
    'a $x^2$ b',
    '$$\nx\n$$',
    '$$x$$',
    'costs $5 and $6',
    '- a\n  $$\n  x\n  $$',
    '> $$\n> x\n> $$',
    '$a `b$` c',
    '\\$a$b$',
    '$$\nunclosed',
    '|a|\n|-|\n|$x$|',
    '<div>$x$</div>\n\n<b>$y$</b>',
  ])('is the same by both parsers: %j', (source) => {
    expect(render(source, true, 'satteri')).toEqual(render(source, true, 'remark'))
  })
})
