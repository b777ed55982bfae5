import {describe, expect, test} from 'vitest'
import {joinFragment, renderFragment} from '../src/index.ts'

const dollars = {language: 'en', math: true, smartPunctuation: true}

/** Documents of about `n` marks that are known to take parsers and sanitisers long. */
const generators: Record<string, (n: number) => string> = {
  'nested brackets': (n) => `${'['.repeat(n)}a${']'.repeat(n)}`,
  'brackets that never close': (n) => '['.repeat(n),
  'links that never close': (n) => '[a](<b'.repeat(n),
  'images in images': (n) => '![a'.repeat(n),
  'emphasis that never closes': (n) => '*a _b '.repeat(n),
  'emphasis of every length': (n) => 'a**b*c**d_e__'.repeat(n),
  'backticks of every length': (n) =>
    Array.from({length: Math.ceil(Math.sqrt(n))}, (_, at) => `e${'`'.repeat(at + 1)}`).join(''),
  'quotes in quotes': (n) => '> '.repeat(Math.min(n, 400)),
  footnotes: (n) => Array.from({length: n}, (_, at) => `a[^${at}]\n\n[^${at}]: b`).join('\n\n'),
  'definitions of links': (n) =>
    `${Array.from({length: n}, (_, at) => `[${at}]: b`).join('\n')}\n\n${'[0] '.repeat(n)}`,
  links: (n) => '[a](b.md) '.repeat(n),
  'equal headings': (n) => '# a\n\n'.repeat(n),
  cells: (n) => `|${'a|'.repeat(50)}\n|${'-|'.repeat(50)}\n${`|${'b|'.repeat(50)}\n`.repeat(n / 50)}`,
  'HTML that never closes': (n) => '<b>x '.repeat(Math.min(n, 300)),
  'HTML in every block': (n) => 'a <b>b</b>\n\n'.repeat(n / 10),
  'HTML that reaches over blocks': (n) => `<div>\n\n${'a <b>b\n\n'.repeat(n / 20)}</div>`,
  'comments that never close': (n) => '<!--'.repeat(n),
  entities: (n) => '&amp;&nope;'.repeat(n),
  'terms and definitions': (n) => 'a\n: b\n'.repeat(n),
  'loose definitions': (n) => 'a\n\n: b\n\n'.repeat(n),
  alerts: (n) => '> [!NOTE]\n> a\n\n'.repeat(n),
  formulas: (n) => '$x^{2}$ '.repeat(n),
  dollars: (n) => '$'.repeat(n),
  'quotation marks': (n) => `"'a' `.repeat(n),
  'code of one line': (n) => `\`\`\`ts\n${'a(b, "c") + '.repeat(n)}\n\`\`\``,
  'lines of code': (n) => `\`\`\`ts\n${'const a = f(b)\n'.repeat(n / 10)}\n\`\`\``,
  'brackets in code': (n) => `\`\`\`cpp\n${`${'a('.repeat(50)}${')'.repeat(50)}\n`.repeat(n / 50)}\`\`\``,
  'brackets in code that never close': (n) => `\`\`\`cpp\n${'a('.repeat(n)}\n\`\`\``,
  'here-documents': (n) =>
    `\`\`\`bash\n${Array.from({length: n / 50}, (_, at) => `cat <<E${at}\n$x\nE${at}\n`).join('')}\`\`\``,
  'marks in code': (n) => `\`\`\`ts {1-${n}}\n${'a // [!code ++]\n'.repeat(n / 10)}\n\`\`\``,
  'blanks before a mark': (n) => `\`\`\`txt\n${' '.repeat(n)}[!code\n\`\`\``,
}

const size = 2_000

describe('twice the document takes at most two and a half times as long:', () => {
  test.for(Object.keys(generators))('%s', (name) => {
    const make = generators[name]!
    for (const at of [size, 2 * size]) render(make(at))
    // A machine that does other work measures too much, never too little: one good pair of runs is the proof.
    let best = Infinity
    for (let tries = 0; tries < 12 && best > 2.5; tries += 1) best = Math.min(best, ratioOf(make))
    expect(best).toBeLessThanOrEqual(2.5)
  })

  test('and the measure sees what is not linear', () => {
    const work = (n: number) => {
      let sum = 0
      for (let a = 0; a < n; a += 1) for (let b = 0; b < n; b += 1) sum += a ^ b
      return sum
    }
    expect(cpuOf(() => work(8_000)) / cpuOf(() => work(4_000))).toBeGreaterThan(2.5)
  })
})

function ratioOf(make: (n: number) => string): number {
  const [once, twice] = [make(size), make(2 * size)]
  // A few milliseconds on top, so that noise in what takes none is no finding.
  return (cpuOf(() => render(twice)) + 2) / (cpuOf(() => render(once)) + 2)
}

/** Milliseconds of this process's own time. */
function cpuOf(work: () => unknown): number {
  const before = process.cpuUsage()
  work()
  return process.cpuUsage(before).user / 1_000
}

let passes = 0

/** No pass finds its code coloured already. */
function render(source: string): string {
  passes += 1
  const fresh = source.replace(/^(```\w+)/, `$1 pass${passes}`)
  return joinFragment(renderFragment(fresh, {file: 'posts/a.md', markdown: dollars}), ({url}) => url, 'web')
}
