import {expect, test} from 'vitest'
import {meta, post, told} from './test-post.ts'

test.each([
  ['audio: talk.mp3', {src: 'talk.mp3'}],
  ['enclosure: https://cdn.example/talk.mp3', {src: 'https://cdn.example/talk.mp3'}],
  [
    'audio: {url: "https://cdn.example/t.m4a", length: 1234, type: audio/mp4, duration: "1:02:03", episode: 7, season: 2, explicit: no, transcript: t.vtt}',
    {
      src: 'https://cdn.example/t.m4a',
      bytes: 1234,
      type: 'audio/mp4',
      seconds: 3723,
      episode: 7,
      season: 2,
      explicit: false,
      transcript: 't.vtt',
    },
  ],
  ['audio: {src: talk.mp3, duration: 754}', {src: 'talk.mp3', seconds: 754}],
  ['audio: {duration: 754}', undefined],
])('%s', (yaml, expected) => {
  expect(meta(yaml).audio).toEqual(expected)
})

test.each(['audio: "javascript:x"', 'audio: {src: a.mp3, duration: long}', 'audio: {src: a.mp3, type: sound}'])(
  '%s is refused',
  (yaml) => {
    expect(told(post(`---\ntitle: T\n${yaml}\n---\nText\n`))).toEqual([
      expect.stringMatching(/^error front-matter\.bad-value 3:/),
    ])
  },
)
