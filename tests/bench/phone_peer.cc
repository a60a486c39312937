// phone_peer: each line of standard input parsed as a number of IN, validated,
// typed and written in E.164 by libphonenumber (Debian libphonenumber-dev).
#include <phonenumbers/phonenumberutil.h>

#include <iostream>
#include <string>

using i18n::phonenumbers::PhoneNumber;
using i18n::phonenumbers::PhoneNumberUtil;

int
main()
{
	const PhoneNumberUtil &util = *PhoneNumberUtil::GetInstance();
	std::string line, text, out;

	std::ios::sync_with_stdio(false);
	while (std::getline(std::cin, line)) {
		PhoneNumber number;

		if (util.Parse(line, "IN", &number) != PhoneNumberUtil::NO_PARSING_ERROR ||
		    !util.IsValidNumber(number)) {
			out += "-\n";
		} else {
			util.Format(number, PhoneNumberUtil::E164, &text);
			out += text + ' ' + std::to_string(util.GetNumberType(number)) + '\n';
		}
		if (out.size() > 60000) {
			std::cout << out;
			out.clear();
		}
	}
	std::cout << out;
	return 0;
}
