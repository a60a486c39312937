#!/bin/bash
# numbers that are not called unless a campaign says so: toll-free and premium
. "${0%/*}/lib.sh"

campaign() { # LINE
	cat <<END
name: paid
template: Hello {{name}}.
exchange: sim
dial_string: PJSIP/{phone}@trunk
caller_id: "+15555550100"
ring_timeout: 30s
max_duration: 5m
concurrent: 5
days: mon-sun
hours: 00:00-24:00
assume_timezone: Europe/London
max_attempts: 1
$1
END
}

export OUTREACH_NOW=2026-03-02T12:00:00Z
outreach-init -q
printf 'id,name,phone\n1,Asha,+442079460001\n2,Toll,+448081570192\n3,Premium,+449098790000\n' >people.csv
campaign '' >c.yaml
outreach-campaign apply -q c.yaml 2>err
outreach-import -q --id id people.csv >contacts
outreach-campaign add -q paid <contacts >"$T/o" 2>"$T/e"
run outreach-campaign activate paid
like_run 'each is an obstacle' 77 '' 'target 2, contact 2: the number is toll_free, which this campaign does not allow'
like "$err" 'target 3, contact 3: the number is premium, which' 'the other too'
unlike "$err" 'target 1' 'a plain number is none'

campaign 'allow_numbers: [toll_free, premium]' >c.yaml
outreach-campaign apply -q c.yaml 2>err
run outreach-campaign activate -q paid
is "$status" 0 'no obstacle is left'
is "$(outreach-campaign claim paid | wc -l)" 3 'all are called'

campaign 'allow_numbers: mobile' >d.yaml
run outreach-campaign lint d.yaml
like_run 'what is called anyway cannot be allowed' 78 '' 'allow_numbers: "mobile" is none of toll_free, premium, shared_cost, personal, pager'
done_testing
