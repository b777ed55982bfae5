import {parseOpml} from 'feedsmith'
import {expect, test} from 'vitest'
import {buildOpml} from './build-opml.ts'

test('a list of feeds reads back as it was given, whatever is in the titles', () => {
  const title = 'Q & A <"\'> \u0000]]>'
  const feeds = [{title, siteUrl: 'https://x.example/?a=1&b=2', feedUrl: 'https://x.example/feed.xml'}]
  expect(parseOpml(buildOpml(title, feeds))).toEqual({
    head: {title: 'Q & A <"\'> ]]>'},
    body: {
      outlines: [
        {
          text: 'Q & A <"\'> ]]>',
          title: 'Q & A <"\'> ]]>',
          type: 'rss',
          xmlUrl: 'https://x.example/feed.xml',
          htmlUrl: 'https://x.example/?a=1&b=2',
        },
      ],
    },
  })
})
