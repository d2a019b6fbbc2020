// Package privacy writes what the law wants to be told about an instance: the notice to the people whose questions are
// gathered from elsewhere (Article 14 of the GDPR), and the record of processing (Article 30). Both are made of the
// configuration as it is; what only the organiser can know and has not said stands there as a gap, and is listed.
package privacy
