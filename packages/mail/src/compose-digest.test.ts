import PostalMime from 'postal-mime'
import {expect, test} from 'vitest'
import {edition, recipient} from './builders.ts'
import {composeDigest} from './compose-digest.ts'
import {personalise} from './personalise.ts'

const {post, subject: _subject, ...about} = edition()
const second = {...post, title: 'Second <b>', url: 'https://field-notes.example/posts/second/', authors: []}

test('a digest tells of each post, and each reader gets their own links', async () => {
  const message = composeDigest({...about, posts: [post, second]})
  expect(message.subject).toBe('When NATS and when Kafka, and 1 more')
  const to = recipient({preferencesUrl: 'https://mail.field-notes.example/preferences/abc'})
  const {text = '', html = ''} = await PostalMime.parse(personalise(message, to))
  for (const part of [text, html]) {
    expect(part).toContain(second.url)
    expect(part).toContain(post.url)
    expect(part).toContain('https://mail.field-notes.example/preferences/abc')
    expect(part).toContain('2 November 2026 · by The platform team')
  }
  expect(text).toContain('Second <b>')
  expect(html).toContain('Second &lt;b&gt;')
  expect(text).toContain(`Unsubscribe:\n${to.unsubscribeUrl}`)
})

test('a digest of one post has its title for a subject, and one of none is no mail', () => {
  expect(composeDigest({...about, posts: [second]}).subject).toBe('Second <b>')
  expect(() => composeDigest({...about, posts: []})).toThrow(expect.objectContaining({code: 'mail.subject.missing'}))
})
