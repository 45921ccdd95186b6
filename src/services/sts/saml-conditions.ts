import type { Element } from '@xmldom/xmldom'
import { expiredToken, invalidIdentityToken } from './claims.ts'
import { SAML } from './saml-signature.ts'
import { child, children, textOf } from './xml.ts'

const AUDIENCES = ['https://signin.aws.amazon.com/saml', 'urn:amazon:webservices']
/** Sign-in endpoints, the regional ones and those of one provider included. */
const RECIPIENT = /^https:\/\/(?:[a-z]{2}(?:-[a-z]+)+-\d\.)?signin\.aws\.amazon\.com\/saml(?:\/acs\/[\w-]+)?$/
/** "… within 5 minutes of issuance." */
const REDEEM_MS = 300_000
/** By which an identity provider's clock may be ahead of ours. inferred. */
const AHEAD_MS = 60_000

/**
 * Audience, recipient and times of an assertion; returns the recipient. inferred: the sentences but those of the audience
 * and of the five minutes.
 */
export function checkConditions(assertion: Element, subject: Element | undefined, now: number): string {
  const conditions = child(assertion, SAML, 'Conditions')
  const restrictions = conditions ? children(conditions, SAML, 'AudienceRestriction') : []
  const meant = restrictions.every((one) =>
    children(one, SAML, 'Audience').some((audience) => AUDIENCES.includes(textOf(audience) ?? '')),
  )
  if (restrictions.length === 0 || !meant) {
    throw invalidIdentityToken('Response does not contain the required audience.')
  }
  const confirmations = (subject ? children(subject, SAML, 'SubjectConfirmation') : [])
    .filter((one) => one.getAttribute('Method') === 'urn:oasis:names:tc:SAML:2.0:cm:bearer')
    .flatMap((one) => children(one, SAML, 'SubjectConfirmationData'))
  const confirmation = confirmations.find((one) => RECIPIENT.test(one.getAttribute('Recipient') ?? ''))
  if (!confirmation) throw invalidIdentityToken('Response does not contain the required recipient.')

  const issued = timeOf(assertion, 'IssueInstant')
  if (issued === undefined) throw invalidIdentityToken('IssueInstant is required in AuthnResponse')
  const ends = [timeOf(conditions, 'NotOnOrAfter'), timeOf(confirmation, 'NotOnOrAfter'), issued + REDEEM_MS]
  if (ends.some((end) => end !== undefined && end <= now)) {
    throw expiredToken('Token must be redeemed within 5 minutes of issuance')
  }
  const begins = [timeOf(conditions, 'NotBefore'), timeOf(confirmation, 'NotBefore'), issued]
  if (begins.some((begin) => begin !== undefined && begin > now + AHEAD_MS))
    throw invalidIdentityToken('Response is not valid yet')
  return confirmation.getAttribute('Recipient')!
}

/** Epoch milliseconds; undefined where there is no such attribute. Throws when it is no time. */
export function timeOf(element: Element | undefined, attribute: string): number | undefined {
  const text = element?.getAttribute(attribute)
  if (!text) return undefined
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z$/.test(text) ? Date.parse(text) : NaN
  if (Number.isNaN(time)) throw invalidIdentityToken(`${attribute} is no time`)
  return time
}
