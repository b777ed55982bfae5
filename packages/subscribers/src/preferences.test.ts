import {expect, test} from 'vitest'
import {isTimezone, wantsTopics} from './preferences.ts'

test.each([
  ['all posts by no choice', undefined, [], true],
  ['a post with one topic of theirs', ['tag:nats', 'author:ann'], ['tag:redis', 'author:ann'], true],
  ['no post of other topics', ['tag:nats'], ['tag:redis', 'author:nats'], false],
  ['no post without topics when they chose some', ['tag:nats'], [], false],
])('somebody gets %s', (_, chosen, ofPost, wants) => {
  expect(wantsTopics(chosen, ofPost)).toBe(wants)
})

test.each([
  ['Europe/Berlin', true],
  ['UTC', true],
  ['America/Argentina/Buenos_Aires', true],
  ['Europe/Atlantis', false],
  ['+01:00', false],
  ['', false],
])('%j is a time zone: %s', (name, is) => {
  expect(isTimezone(name)).toBe(is)
})
