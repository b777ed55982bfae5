import type {AudienceWords} from './audience-words.ts'
import type {Challenge} from './create-challenges.ts'
import type {Page} from './create-pages.ts'

/** Looks for the answer while somebody reads, and lets them press the button then. */
const work = `const f=document.querySelector('form[action="subscribe"]'),b=f.querySelector('button'),e=f.elements;
b.disabled=true;(async()=>{const t=new TextEncoder(),z=Number(e.bits.value);for(let n=0;;n++){
const h=new Uint8Array(await crypto.subtle.digest('SHA-256',t.encode(e.challenge.value+'.'+n)));
let k=0;while(k<z&&!(h[k>>3]&(128>>(k&7))))k++;if(k===z){e.answer.value=String(n);b.disabled=false;return}}})()`

/** One more button before the mail goes out, so that machines have to wait or to work. */
export function challengePage(
  {checkHeading, checkText, askButton}: AudienceWords,
  form: {site: string; email: string; name?: string | undefined; source?: string | undefined},
  {challenge, bits}: Challenge,
): Page {
  const {site, email, name, source} = form
  const values = {site, email, name, source, challenge, ...(bits === 0 ? {} : {bits: String(bits), answer: ''})}
  return {
    heading: checkHeading,
    text: checkText,
    action: 'subscribe',
    button: askButton,
    fields: Object.entries(values).flatMap(([name, value]) =>
      value === undefined ? [] : [{name, type: 'hidden' as const, value}],
    ),
    ...(bits === 0 ? {} : {script: work}),
  }
}
