import {beginsRight, cardSize, type CardFacts} from '../cards/card-facts.ts'

type Drawing = {type: 'div'; props: {style: Record<string, string | number>; children: Drawing[] | string}}

/** A card as boxes: the site's name at the top, the title large, who and when at the foot. */
export function drawCard(card: CardFacts, fontFamily: string): Drawing {
  const {title, site, by, date, paper, ink, muted, line, accent} = card
  const size = title.length > 110 ? 52 : title.length > 60 ? 62 : 76
  const column = {
    ...cardSize,
    boxSizing: 'border-box',
    flexDirection: 'column',
    justifyContent: 'space-between',
    padding: '58px 84px 54px',
    borderTop: `16px solid ${accent}`,
    background: paper,
    color: ink,
    fontFamily,
    ...(beginsRight(title) ? {direction: 'rtl'} : {}),
  }
  const heading = {width: '100%', fontSize: size, fontWeight: 600, lineHeight: 1.16, letterSpacing: -0.6}
  const foot = {
    width: '100%',
    justifyContent: 'space-between',
    paddingTop: 26,
    borderTop: `2px solid ${line}`,
    fontSize: 29,
    color: muted,
  }
  return box(column, [
    box({fontSize: 32, fontWeight: 600, color: accent}, site),
    // A child that is a box of its own has the width to break its lines at.
    box(heading, [box({display: 'block', width: '100%', wordBreak: 'break-word', lineClamp: 5}, title)]),
    box(foot, [box({}, by), box({}, date)]),
  ])
}

function box(style: Record<string, string | number>, children: Drawing[] | string): Drawing {
  return {type: 'div', props: {style: {display: 'flex', ...style}, children}}
}
