import {describe, expect, test} from 'vitest'
import {joinFragment, renderFragment} from '../index.ts'
import type {MarkdownOptions, Variant} from '../index.ts'
import {codeClasses} from './code-theme.ts'
import {highlightCode} from './highlight-code.ts'
import {parseFenceInfo} from './parse-fence-info.ts'

const html = (source: string, markdown: MarkdownOptions = {}, variant: Variant = 'web') =>
  joinFragment(renderFragment(source, {file: 'posts/a.md', markdown}), ({url}) => url, variant)
const fence = (info: string, code: string) => `\`\`\`${info}\n${code}\n\`\`\``

/** What a reader sees of it. */
const textOf = (page: string) =>
  page
    .replace(/<[^>]+>/g, '')
    .replaceAll('&#x3C;', '<')
    .replaceAll('&#x26;', '&')

/** What of the code has this class, in order. */
const named = (code: string, language: string, name: string) =>
  [...highlightCode({code, language}).web.matchAll(new RegExp(`"hl-${name}">([^<]*)<`, 'g'))].map(([, text]) =>
    text!.trim(),
  )

describe('code', () => {
  test('is coloured by classes on the web and plain elsewhere', () => {
    const source = fence('ts', 'const a = "<b>"')
    expect(html(source)).toBe(
      '<pre class="code" tabindex="0"><code class="language-ts"><span class="hl-keyword">const</span> a = ' +
        '<span class="hl-string">"&#x3C;b>"</span>\n</code></pre>',
    )
    expect(html(source, {}, 'feed')).toBe('<pre><code class="language-ts">const a = "&#x3C;b>"\n</code></pre>')
  })

  test.for([
    ['ts', 'function f(x: T) {\n  return g(x.y) // z', 'function type property comment'],
    ['tsx', 'const a = <A b="c">{d.e(1, /f/, null)}</A>', 'tag attribute function number regexp constant'],
    ['cpp', '#include <a>\nint f(char c) { return g("a", nullptr); }', 'keyword type function string constant'],
    ['css', '@media print { a { color: #b00; margin: 1px } }', 'keyword tag property number'],
    ['html', '<p class="a">b</p><script>let a = 1</script><style>a { b: c }</style>', 'tag attribute keyword property'],
    ['python', 'def f(x: int):\n    return None # a', 'keyword function type constant comment'],
    ['bash', 'if true; then cp -r "$A" b; fi # c', 'keyword function constant string variable comment'],
    ['java', '@Override public int f(String s) { return 1; }', 'keyword type function number'],
  ])('in %s tells %s by the classes %s', ([language, code, names]) => {
    const {web} = highlightCode({code: code!, language: language!})
    for (const name of names!.split(' ')) expect(web).toContain(`"hl-${name}"`)
  })

  test('in Python what is called is a function, be it a name, a type or a decorator', () => {
    const code = '@cached\nclass Deque(Base):\n    def size(self, at: int):\n        return int(f(self.g(at)))'
    expect(named(code, 'python', 'function')).toEqual(['@cached', 'size', 'int', 'f', 'g'])
    expect(named(code, 'python', 'type')).toEqual(['Deque', 'Base', 'int'])
  })

  test('in a shell the first word of a command is a function, wherever a command begins', () => {
    const code = [
      '$ npm install 2>&1 | tee log',
      'A=1 make && (cd "$B"; ./run.sh)',
      'for f in ls cp; do mv $f ~; done',
      'curl -s https://a.example \\\n  ls',
      'echo $(date)',
    ]
    const functions = ['npm', 'tee', 'make', 'cd', './run.sh', 'mv', 'curl', 'echo', 'date']
    expect(named(code.join('\n'), 'bash', 'function')).toEqual(functions)
    expect(named(code.join('\n'), 'bash', 'constant')).toEqual(['-s'])
  })

  test.for([
    ['python', 'f"{'],
    ['bash', '"${'],
    ['cpp', 'a('],
    ['ts', '`${'],
    ['html', '<a'],
    ['css', 'a['],
  ])('in %s of brackets within brackets is plain, and quickly so: %s', ([language, open]) => {
    const code = open!.repeat(20_000)
    const before = process.cpuUsage().user
    const {web} = highlightCode({code, language: language!})
    expect(process.cpuUsage().user - before).toBeLessThan(1_000_000)
    expect(textOf(web)).toBe(`${code}\n`)
    expect(web).not.toContain('<span')
    expect(highlightCode({code: open!.repeat(20), language: language!}).web).toContain('<span')
  })

  test.for([
    ['ts', 'export const f = <T>(x: T): T => x // same'],
    ['js', 'async function f() { return /a+/g.test(`b${c}`) }'],
    ['tsx', 'const A = () => <p className="x">{y}</p>'],
    ['python', '@a\ndef f(x: int = 1) -> str:\n    return f"{x!r}"'],
    ['bash', 'for i in "$@"; do echo ${i%.md}; done # done'],
    ['yaml', 'a: 1\nb: [x, "y"]'],
    ['json', '{"a": [1, null]}'],
    ['html', '<p class="a">b &amp; c</p><script>let a = 1</script>'],
    ['css', 'a:hover { color: #b00; margin: 1px }'],
    ['sql', "SELECT a FROM b WHERE c = 'd' -- e"],
    ['go', 'func f(x int) error { return nil }'],
    ['rust', 'fn f<T: Clone>(x: &T) -> Option<T> { None }'],
    ['diff', '+a\n-b\n c'],
    ['md', '# A\n\n```ts\nlet a\n```'],
    ['Dockerfile', 'FROM node:24\nRUN npm ci'],
  ])('in %s keeps its text to the letter', ([language, code]) => {
    const {web, plain} = highlightCode({code: `${code!}\n`, language: language!})
    expect(textOf(web)).toBe(`${code}\n`)
    expect(textOf(plain)).toBe(`${code}\n`)
    expect(web).toContain('class="hl-')
    for (const [, name] of web.matchAll(/class="(hl-[^"]+)"/g)) expect(codeClasses).toContain(name)
  })

  test('of an unknown language, and of none, is text', () => {
    expect(html(fence('nope', 'const a'))).toBe(
      '<pre class="code" tabindex="0"><code class="language-nope">const a\n</code></pre>',
    )
    expect(html('    const a')).toBe('<pre class="code" tabindex="0"><code>const a\n</code></pre>')
  })

  test('over 100,000 characters is plain', () => {
    const {web} = highlightCode({code: 'let a\n'.repeat(20_000), language: 'ts'})
    expect(web).not.toContain('<span')
    expect(web.length).toBeGreaterThan(120_000)
  })

  test('with a line over 1,000 characters leaves that line plain', () => {
    const {web} = highlightCode({code: `let a\n${'let b;'.repeat(200)}\nlet c`, language: 'ts'})
    expect(web.match(/hl-keyword/g)).toHaveLength(2)
    const {web: other} = highlightCode({code: `def f\n${'def f;'.repeat(200)}\ndef g`, language: 'ruby'})
    expect(other.match(/hl-keyword/g)).toHaveLength(2)
    const before = process.cpuUsage().user
    const {web: numbers} = highlightCode({code: `def f\n${'0x'.repeat(20_000)}\ndef g`, language: 'python'})
    expect(process.cpuUsage().user - before).toBeLessThan(1_000_000)
    expect(textOf(numbers)).toBe(`def f\n${'0x'.repeat(20_000)}\ndef g\n`)
    expect(numbers.match(/hl-keyword/g)).toHaveLength(2)
  })

  test('looks the same whatever was coloured before', () => {
    const nested = {code: '```rust\nfn f() {}\n```', language: 'markdown'}
    const before = highlightCode(nested).web
    highlightCode({code: 'fn f() {}', language: 'rust'})
    expect(highlightCode({...nested, meta: 'x'}).web).toBe(before)
  })

  test('an author wrote as HTML is coloured too', () => {
    expect(html('<pre><code class="language-js">let a</code></pre>')).toContain('<span class="hl-keyword">let</span>')
    expect(html('<pre>let <b>a</b></pre>')).toBe('<pre>let <b>a</b></pre>')
  })
})

describe('lines', () => {
  test('are brought out by their numbers', () => {
    const page = html(fence('txt {2,4-5}', 'a\nb\nc\nd\ne'))
    expect(page).toContain(
      '<span class="line">a</span>\n<span class="line line-mark">b</span>\n<span class="line">c</span>\n' +
        '<span class="line line-mark">d</span>\n<span class="line line-mark">e</span>\n',
    )
  })

  test('are added, removed or in focus by a mark that readers do not see', () => {
    const page = html(fence('ts', 'a // [!code ++]\nb /* [!code --] */\nc // [!code focus]\nd // [!code highlight]'))
    expect(page.match(/line-(?:add|remove|focus|mark)/g)).toEqual([
      'line-add',
      'line-remove',
      'line-focus',
      'line-mark',
    ])
    expect(page).toContain('<pre class="code code-focused"')
    expect(textOf(page)).toBe('a\nb\nc\nd\n')
    expect(html(fence('py', 'a # [!code ++]'), {}, 'feed')).toBe('<pre><code class="language-py">a\n</code></pre>')
  })

  test('of a diff are marked by their first characters', () => {
    expect(html(fence('diff', '--- a\n+++ b\n-c\n+d')).match(/class="line[^"]*"/g)).toEqual([
      'class="line"',
      'class="line"',
      'class="line line-remove"',
      'class="line line-add"',
    ])
  })

  test('are numbered where fence or site say so', () => {
    const numbered = 'class="code code-numbered"'
    expect(html(fence('ts showLineNumbers', 'a'))).toContain(numbered)
    expect(html(fence('ts', 'a'), {lineNumbers: true})).toContain(numbered)
    expect(html(fence('ts showLineNumbers=false', 'a'), {lineNumbers: true})).not.toContain(numbered)
    expect(html(fence('ts', 'a'))).not.toContain(numbered)
  })
})

test('a title stands above its code, in feeds too', () => {
  const source = fence('ts title="<a b>.ts"', 'a')
  for (const variant of ['web', 'feed'] as const)
    expect(html(source, {}, variant)).toContain('<figure class="code-file"><figcaption>&#x3C;a b>.ts</figcaption><pre')
})

test.for([
  ['ts', '', {language: 'ts', marked: new Set()}],
  ['', '', {language: 'text', marked: new Set()}],
  ['JS{1}', '', {language: 'js', marked: new Set([1])}],
  ['js', "{1, 3-4} title='a {9}' x", {language: 'js', title: 'a {9}', marked: new Set([1, 3, 4])}],
  [
    'js',
    'filename=a.ts showLineNumbers {x} {2}',
    {language: 'js', title: 'a.ts', marked: new Set(), lineNumbers: true},
  ],
  ['js', '{9-2,0-0,99999999}', {language: 'js', marked: new Set([0])}],
] as const)('the info string %j %j is read', ([language, meta, expected]) => {
  expect(parseFenceInfo(language, meta)).toEqual(
    expected.marked.size === 0 && meta.includes('{2}') ? {...expected, marked: new Set([2])} : expected,
  )
})

test('a range without end marks no more than there can be', () => {
  expect(parseFenceInfo('js', '{1-999999}').marked.size).toBe(10_000)
})
