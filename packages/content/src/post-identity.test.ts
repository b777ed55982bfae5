import {expect, test} from 'vitest'
import {derivePostId, feedUrn, uuidV5} from './post-identity.ts'

test('uuidV5 gives the example of RFC 9562, appendix A.4', () => {
  const dns = '6ba7b810-9dad-11d1-80b4-00c04fd430c8'
  expect(uuidV5(dns, 'www.example.com')).toBe('2ed6657d-e927-568b-95e1-2665a8aea6a2')
})

test('ids are what they were in every version before', () => {
  expect(derivePostId('posts/a.md', 0)).toMatchInlineSnapshot(`"daf4f1827a38b03b06b13b0f97cef40a"`)
  expect(feedUrn('notes', derivePostId('posts/a.md', 0))).toMatchInlineSnapshot(
    `"urn:uuid:1ab35460-c313-59f2-81cd-5a6aa6460350"`,
  )
})

test('ids differ by path, by count, by site and by post', () => {
  const ids = [derivePostId('a', 0), derivePostId('a', 1), derivePostId('a0', 0), derivePostId('b', 0)]
  expect(new Set(ids).size).toBe(4)
  expect(new Set([feedUrn('a', 'bc'), feedUrn('ab', 'c'), feedUrn('a', 'c')]).size).toBe(3)
  expect(ids[0]).toMatch(/^[0-9a-f]{32}$/)
})
