import {mkdir, mkdtemp, readdir, readFile, rm, writeFile} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {crc32} from 'node:zlib'
import {expect, test} from 'vitest'
import {convertLiquid} from './convert-liquid.ts'
import {convertShortcodes} from './convert-shortcodes.ts'
import {htmlToMarkdown} from './html-to-markdown.ts'
import * as convert from './index.ts'
import {placeFiles, type FileMoves} from './place-files.ts'

test('the package exports', () => {
  expect(Object.keys(convert).toSorted()).toEqual([
    'convertSite',
    'foreignTools',
    'formatConversion',
    'formatNote',
    'settingsFile',
    'summaryOf',
  ])
})

test.each([
  ['<p>a<br>b <b>c</b> H<sub>2</sub>O</p>', 'a\\\nb **c** H<sub>2</sub>O\n'],
  ['<!-- wp:paragraph --><p>a_b * [c]</p><!--more-->', 'a_b \\* \\[c]\n'],
  ['<table><tr><th>a</th></tr><tr><td>1|2</td></tr></table>', '| a |\n| - |\n| 1\\|2 |\n'],
  ['<figure><img src="a b.png" alt="A"></figure>', '![A](<a b.png>)\n'],
  ['<a href="/big.png"><img src="/small.png" alt="S"></a>', '![S](/small.png)\n'],
  ['<iframe src="//www.youtube.com/embed/dQw4w9WgXcQ"></iframe>', '<https://www.youtube.com/embed/dQw4w9WgXcQ>\n'],
  [
    '<details><summary>More</summary><p>Text</p></details>',
    '<details>\n<summary>More</summary>\n\nText\n\n</details>\n',
  ],
])('%s is said in Markdown', (html, markdown) => {
  expect(htmlToMarkdown(html, () => {})).toBe(markdown)
})

test('what HTML loses is told', () => {
  const told: string[] = []
  htmlToMarkdown(
    '<script src="/x.js"></script><form>Sign up</form><iframe src="https://x.example/"></iframe>',
    (what) => told.push(what),
  )
  expect(told).toEqual([
    'a script was left out: /x.js',
    'a form was left out: Sign up',
    'a frame became a link: https://x.example/',
  ])
})

test.each([
  ['{{ site.baseurl }}/x and {{ "y.png" | relative_url }}', '/x and /y.png'],
  ['{% include figure.html src="/a.png" caption="The \'A\'" %}', '![](/a.png "The \'A\'")'],
  ['{% include youtube.html id="abc" %}', '<https://www.youtube.com/watch?v=abc>'],
  ['{% highlight sh %}\n```\n{% endhighlight %}', '````sh\n```\n````'],
  ['{% comment %}x{% endcomment %}{% post_url known %}', '/known/'],
])('Liquid %s', (liquid, markdown) => {
  expect(convertLiquid(liquid, {pageOf: (name) => (name === 'known' ? '/known/' : undefined), tell: () => {}})).toBe(
    markdown,
  )
})

test.each([
  ['{{< relref "known#part" >}}', '/known/#part'],
  ['{{< figure src="/a.png" alt="A [b]" title="T" >}}', '![A \\[b\\]](/a.png "T")'],
  ['{{% vimeo 146022717 %}}', '<https://vimeo.com/146022717>'],
  ['{{</* ref "x" */>}}', '{{< ref "x" >}}'],
])('shortcode %s', (shortcode, markdown) => {
  expect(
    convertShortcodes(shortcode, {pageOf: (name) => (name === 'known' ? '/known/' : undefined), tell: () => {}}),
  ).toBe(markdown)
})

test('a zip is unpacked; names that lead out of it, one text without end, and addresses wanted twice do no harm', async () => {
  const root = await mkdtemp(join(tmpdir(), 'broadside-convert-test-'))
  try {
    const rows = ['1.deep', '2.same', '3.same'].map((id) => `${id},2024-05-10T10:00:00.000Z,true,newsletter,everyone,T`)
    const files = {
      'posts.csv': `post_id,post_date,is_published,type,audience,title\n${rows.join('\n')}\n`,
      'posts/1.deep.html': '<div>'.repeat(20_000),
      'posts/2.same.html': '<p>first</p>',
      'posts/3.same.html': '<p>second</p>',
    }
    await writeFile(join(root, 'export.zip'), zipOf(files))
    const dir = join(root, 'new')
    const {posts, notes} = await convert.convertSite({
      tool: 'substack',
      from: join(root, 'export.zip'),
      dir,
      defaults: {},
    })
    expect(posts).toBe(2)
    expect(notes.map(({kind, what}) => `${kind}: ${what}`)).toEqual([
      expect.stringContaining('guessed: the address of the old site is not known'),
      expect.stringContaining('broken: its HTML cannot be read'),
      'guessed: /p/same/ is the address of posts/2.same.html: it has another',
    ])
    expect(await readdir(join(dir, 'posts'))).toEqual(['2024-05-10-same-2.md', '2024-05-10-same.md'])
    expect(await readFile(join(dir, 'posts/2024-05-10-same-2.md'), 'utf8')).toContain('second')

    await writeFile(join(root, 'export.zip'), zipOf({'../out.md': 'x'}))
    await expect(
      convert.convertSite({tool: 'hugo', from: join(root, 'export.zip'), dir, defaults: {}}),
    ).rejects.toMatchObject({
      code: 'convert.source',
    })
  } finally {
    await rm(root, {recursive: true, force: true})
  }
})

test('settings that cannot be are told, and what was asked for stands in their place', async () => {
  const root = await mkdtemp(join(tmpdir(), 'broadside-convert-test-'))
  try {
    await mkdir(join(root, 'old/_posts'), {recursive: true})
    await writeFile(join(root, 'old/_config.yml'), 'title: Ops\nlang: the mother tongue\ntimezone: Lisboa\n')
    await writeFile(join(root, 'old/_posts/2024-03-02-late.md'), '---\ndate: 2024-07-02 23:30\n---\nLate.\n')
    const {notes} = await convert.convertSite({
      tool: 'jekyll',
      from: join(root, 'old'),
      dir: join(root, 'new'),
      url: 'https://ops.example',
      defaults: {timezone: 'Europe/Lisbon', language: 'pt'},
    })
    expect(notes).toEqual([
      {kind: 'left', from: 'the site', what: 'language is nothing that can stand there: the mother tongue'},
      {kind: 'left', from: 'the site', what: 'timezone is nothing that can stand there: Lisboa'},
    ])
    expect(await readFile(join(root, 'new/broadside.yaml'), 'utf8')).toMatch(
      /^language: pt\ntimezone: Europe\/Lisbon$/m,
    )
    expect(await readdir(join(root, 'new/posts'))).toEqual(['2024-07-02-late.md'])
  } finally {
    await rm(root, {recursive: true, force: true})
  }
})

const moves: FileMoves = {
  served: new Map([['/img/a.png', 'assets/img/a.png']]),
  origin: 'https://ops.example',
  near: (name) => name,
  page: () => undefined,
}
const placed = (body: string) => placeFiles({from: 'posts/x.md', fields: {}, body}, moves)

test.each([
  ['![Ü](/img/a.png "t") and [x](https://ops.example/y/)', '![Ü](/assets/img/a.png "t") and [x](/y/)'],
  [
    '> [![a](/img/a.png)][big]\n>\n> [big]: </img/a.png>',
    '> [![a](/assets/img/a.png)][big]\n>\n> [big]: </assets/img/a.png>',
  ],
  ['<video src="/img/a.png"\nposter="/img/a.png">', '<video src="/assets/img/a.png"\nposter="/assets/img/a.png">'],
])('%s leads to where its files are now', (body, now) => {
  expect(placed(body).body).toBe(now)
})

test.each([
  '```md\n![a](/img/a.png)\n```',
  '    <img src="/img/a.png">',
  'Write `[a](/img/a.png)` or [`](/img/a.png)`](#how).',
  String.raw`\[a](/img/a.png), or say src="/img/a.png"`,
  '<pre>\n&lt;img src="/img/a.png">\n</pre>',
])('%s is about links and has none', (body) => {
  expect(placed(body)).toEqual({body, fields: {}, beside: []})
})

test('files that come to lie beside a text have names of their own on every system', () => {
  const {beside} = placed('![a](a/Straße.png) ![b](<b/STRASSE.png>) ![c](c/straßE.png) ![d](Index.md)')
  expect(beside.map(({name}) => name)).toEqual(['Straße.png', 'STRASSE.png', 'straßE-2.png', 'Index-2.md'])
})

/** A zip of stored files: APPNOTE.TXT 4.3.7, 4.3.12 and 4.3.16. */
function zipOf(files: Record<string, string>): Buffer {
  const bodies: Buffer[] = []
  const directory: Buffer[] = []
  let offset = 0
  for (const [name, text] of Object.entries(files)) {
    const body = Buffer.from(text)
    const common = Buffer.alloc(26)
    common.writeUInt16LE(20, 0)
    common.writeUInt32LE(crc32(body), 10)
    common.writeUInt32LE(body.length, 14)
    common.writeUInt32LE(body.length, 18)
    common.writeUInt16LE(Buffer.byteLength(name), 22)
    const local = Buffer.concat([Buffer.from('PK\u0003\u0004'), common, Buffer.from(name), body])
    const place = Buffer.alloc(14)
    place.writeUInt32LE(offset, 10)
    directory.push(Buffer.concat([Buffer.from('PK\u0001\u0002\u0014\0'), common, place, Buffer.from(name)]))
    bodies.push(local)
    offset += local.length
  }
  const all = Buffer.concat(directory)
  const end = Buffer.alloc(18)
  end.writeUInt16LE(directory.length, 4)
  end.writeUInt16LE(directory.length, 6)
  end.writeUInt32LE(all.length, 8)
  end.writeUInt32LE(offset, 12)
  return Buffer.concat([...bodies, all, Buffer.from('PK\u0005\u0006'), end])
}
