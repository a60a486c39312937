/*
 * phone_oracle: Google's libphonenumber (npm google-libphonenumber) over the
 * metadata that our tables were made of. stdin: REGION TAB INPUT; stdout: the
 * same with TAB ANSWER, "-" or "E164 REGION TYPE".
 *
 * usage: phone_oracle.js NODE_MODULES METADATA.json   (from phone.py --metadata)
 *
 * Two rules are ours and applied here too: an E.164 number has at most 15
 * digits, and an emergency number is refused even where it is a valid one.
 */
'use strict';
const fs = require('fs');
const Module = require('module');

const [modules, metadata] = process.argv.slice(2);
const place = modules + '/google-libphonenumber/dist/libphonenumber.js';
const wanted = 'i18n.phonenumbers.metadata.countryToMetadata={';
const code = fs.readFileSync(place, 'utf8');
if (code.split(wanted).length !== 2) {
	throw new Error(place + ': the metadata is not where it was');
}
globalThis.PHONE_METADATA = JSON.parse(fs.readFileSync(metadata, 'utf8')).phones;
const library = new Module(place);
library._compile(code.replace(wanted,
	'i18n.phonenumbers.metadata.countryToMetadata=globalThis.PHONE_METADATA;' +
	'i18n.phonenumbers.metadata.replaced={'), place);

const { PhoneNumberUtil, PhoneNumberFormat, PhoneNumberType, ShortNumberInfo } = library.exports;
const util = PhoneNumberUtil.getInstance();
const shorts = ShortNumberInfo.getInstance();
const name = {};
for (const [word, type] of Object.entries({
	FIXED_LINE: 'fixed', MOBILE: 'mobile', FIXED_LINE_OR_MOBILE: 'fixed_or_mobile',
	TOLL_FREE: 'toll_free', PREMIUM_RATE: 'premium', SHARED_COST: 'shared_cost', VOIP: 'voip',
	PERSONAL_NUMBER: 'personal', PAGER: 'pager', UAN: 'uan', VOICEMAIL: 'voicemail',
})) {
	name[PhoneNumberType[word]] = type;
}

function answer(region, input) {
	try {
		if (region && shorts.isEmergencyNumber(input, region)) {
			return '-';
		}
		const number = util.parse(input, region || undefined);
		const text = util.format(number, PhoneNumberFormat.E164);
		if (!util.isValidNumber(number) || text.length > 16) {
			return '-';
		}
		return [text, util.getRegionCodeForNumber(number),
			name[util.getNumberType(number)]].join(' ');
	} catch (error) {
		return '-';
	}
}

const out = fs.readFileSync(0, 'utf8').split('\n').filter(Boolean).map((line) => {
	const [region, input] = line.split('\t');
	return line + '\t' + answer(region, input) + '\n';
});
fs.writeFileSync(1, out.join(''));
