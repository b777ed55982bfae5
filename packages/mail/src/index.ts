export {composeEdition} from './compose-edition.ts'
export {composeDigest} from './compose-digest.ts'
export {personalise, previewFor} from './personalise.ts'
export {composeConfirmation} from './compose-confirmation.ts'
export {composeFailure, type FailureInput} from './compose-failure.ts'
export {preflight, type MailFinding} from './preflight.ts'
export {messageIdFor} from './message-id-for.ts'
export {correctionSubject} from './mail-words.ts'
export type {
  ConfirmationInput,
  Correction,
  DigestInput,
  EditionInput,
  EditionMessage,
  EditionPost,
  Mailbox,
  MailSite,
  ReaderCounting,
  Recipient,
} from './edition-message.ts'
