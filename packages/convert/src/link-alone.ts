import type {Paragraph} from 'mdast'

/** A link alone in its paragraph: of a video or recording that Broadside knows it makes a figure. */
export function linkAlone(url: string, text = url): Paragraph {
  return {type: 'paragraph', children: [{type: 'link', url, children: [{type: 'text', value: text}]}]}
}
