import fc from 'fast-check'
import {expect, test} from 'vitest'
import {seedFor, testSize} from '@broadside/testkit/test-size'
import {bucketOf, nearness, termsOf, unpackPostings} from '../browser/terms.js'
import {createSegmentBuilder, searchText, type SearchFile, type SearchPost, type SearchText} from './index.ts'
import {createPostings} from './postings.ts'

function post(about: Partial<SearchPost> = {}): SearchPost {
  const {title = 'Ink'} = about
  return {url: `/posts/${title}/`, title, date: '', excerpt: '', headings: [], names: [], html: '', ...about}
}

function indexPosts(posts: SearchText[]) {
  const builder = createSegmentBuilder()
  for (const post of posts) builder.add(post)
  const made = builder.files()
  const files: SearchFile[] = []
  for (;;) {
    const next = made.next()
    if (next.done === true) return {segment: next.value, files}
    files.push(next.value)
  }
}

/** What a reader's browser finds of one word in an index: post and weight. */
function lookUp(posts: SearchPost[], word: string): [title: string, weight: number][] {
  const {segment, files} = indexPosts(posts.map(searchText))
  const read = (name: string) => JSON.parse(files.find((file) => file.name === name)!.body) as Record<string, string>
  const index = read(segment.terms[bucketOf(word, segment.terms.length)]!)
  if (!Object.hasOwn(index, word)) return []
  return unpackPostings(index[word]!).map(([at, weight]) => [posts[at]!.title, weight])
}

test('a word in the title says more than one of a heading, a tag or the text', () => {
  const posts = [
    post({title: 'Text', html: '<p>all the lead</p>'}),
    post({title: 'Heading', headings: ['Of lead'], html: '<h2>Of lead</h2>'}),
    post({title: 'Tag', names: ['Lead']}),
    post({title: 'Lead'}),
    post({title: 'Without'}),
  ]
  expect(lookUp(posts, 'lead')).toEqual([
    ['Text', 1],
    ['Heading', 3],
    ['Tag', 3],
    ['Lead', 5],
  ])
})

test.each([
  ['Straße MÜLLER café', ['strasse', 'muller', 'cafe']],
  ["don't l'été", ['don', 'ete']],
  ['retry_budget v2.10', ['retry', 'budget', 'v2', '10']],
  ['東京タワー', ['東京', '京タ', 'タワ', 'ワー']],
  ['Kafkaとは', ['kafka', 'とは']],
  ['مَلاحِظات', ['ملاحظات']],
  ['한국어 블로그', ['한국어', '블로그']],
])('%s is searched for as %j', (text, terms) => {
  expect(termsOf(text)).toEqual(terms)
})

test('the text of HTML counts and its tags do not, and markup within a word does not part it', () => {
  const html = '<p title="hidden > lost">re<em>try</em> &amp; budget</p><p>next&#x21;</p>'
  const {weights} = searchText(post({title: 'T', html}))
  expect([...weights.keys()].toSorted()).toEqual(['budget', 'next', 'retry'])
})

test.each([
  ['query', 'query', 1],
  ['publish', 'publishing', 0.68],
  ['queries', 'query', 0.3],
  ['lead', 'ledger', 0],
])('%s finds %s with %d', (word, term, near) => {
  expect(nearness(word, term)).toBeCloseTo(near)
})

test('words that objects have a meaning for are words like others', () => {
  const posts = [post({title: 'proto', html: '__proto__ constructor 2026 10'}), post({title: 'Other'})]
  for (const word of ['proto', 'constructor', '2026', '10']) expect(lookUp(posts, word)).toHaveLength(1)
  expect(lookUp(posts, 'tostring')).toEqual([])
})

const packed = 'any property'
test('postings come back as they were packed', () => {
  const postings = fc
    .uniqueArray(fc.integer({min: 0, max: 100_000}))
    .map((posts) => posts.toSorted((a, b) => a - b).map((post): [number, number] => [post, (post % 9) + 1]))
  fc.assert(
    fc.property(postings, (all) => {
      const made = createPostings()
      for (const [post, weight] of all) made.add(post, weight)
      expect(unpackPostings(made.packed())).toEqual(all)
    }),
    {numRuns: testSize(packed), seed: seedFor(packed)},
  )
})

test('the same posts give the same files, and one more post leaves the descriptions of fifty alone', () => {
  const posts = Array.from({length: 60}, (_, n) => searchText(post({title: `Post ${n}`, html: `word${n} ink`})))
  const whole = indexPosts(posts)
  expect(indexPosts(posts)).toEqual(whole)
  expect(whole.segment.terms).toHaveLength(2)
  const more = indexPosts([...posts, searchText(post({title: 'New'}))])
  expect(more.segment.files[0]).toBe(whole.segment.files[0])
  expect(more.segment.files[1]).not.toBe(whole.segment.files[1])
})
