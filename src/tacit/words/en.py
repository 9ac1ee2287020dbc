"""The English messages. Other languages are files like this one, with the same keys and the same places."""

from collections.abc import Mapping

MESSAGES: Mapping[str, str] = {
    # --- purposes, as a worker is asked about them -------------------------------------------------------------------
    "purpose.train-robot-skill": "Teaching robots: a robot learns from how your hands move.",
    "purpose.train-people": "Teaching people: apprentices learn from how the work is done.",
    "purpose.quality-inspection": "Checking the quality of the product. Never of you.",
    "purpose.research": "Research: scientists study how hand work is done.",
    "purpose.worker-own-use": "Your own use: you look at your own footage and keep it.",
    "purpose.plant-statistics": "Plant statistics: figures over several workers together, never about one person.",
    # --- owners, as an agreement names them --------------------------------------------------------------------------
    "owner.worker": "the worker",
    "owner.shared": "the workers and the plant together",
    "owner.plant": "the plant",
    # --- the notice --------------------------------------------------------------------------------------------------
    "notice.title": "BEFORE YOU SAY YES OR NO",
    "notice.intro": (
        "This is about filming your work. Read it, or have it read to you, and take your time. You may say yes to "
        "some purposes and no to others. Saying no costs you nothing."
    ),
    "notice.agreement": (
        'It rests on "{title}" ({agreement_id}), between {parties}, from {valid_from} to {valid_to}. These parties '
        "are responsible for what is done with the footage."
    ),
    "notice.filmed.title": "What is filmed, and what is kept about you",
    "notice.filmed.video": (
        "Video from a camera that you wear on your head while you do the task: your hands, the bench and what you "
        "work on."
    ),
    "notice.filmed.faces": (
        "Faces in the picture, yours or another's, are covered before anyone works with it, so that they cannot be "
        "brought back."
    ),
    "notice.filmed.dropped": (
        "The sound, the place (GPS) and the serial numbers of the camera are thrown away at the start."
    ),
    "notice.filmed.hands": "From the picture, a program computes where your hands are: 21 points on each hand.",
    "notice.filmed.other": (
        "With it are kept: your short name, your name if you give one, your language, when and at which station you "
        "filmed which task, what you agreed to, and what you are owed."
    ),
    "notice.locked": "All of this is locked with a key of your own. When that key is destroyed, nobody can open it.",
    "notice.purposes.title": "What it may be used for",
    "notice.purposes.intro": "You are asked about each of these by itself. Nothing else is allowed.",
    "notice.receivers.title": "Who gets it",
    "notice.receivers.inside": "Inside the shop: the people who process the footage for the purposes you said yes to.",
    "notice.receivers.outside": (
        "Outside: only those who took a licence, only for its purpose, only in {territory}, and only of footage that "
        "you released after you could look at it. They never get your name."
    ),
    "notice.receivers.review": (
        "You can look at your footage before anything leaves. The agreement gives you {review_hold_h} hours before "
        "you may be reminded. As long as you say nothing, it does not leave."
    ),
    "notice.receivers.owner": (
        "The footage belongs to {footage}; it is licensed and never sold. Datasets made from it belong to {datasets}, "
        "robot skills to {skills}."
    ),
    "notice.kept.title": "How long it is kept",
    "notice.kept.raw": (
        "The film as the camera took it: the agreement lets the plant keep it for at most {raw_retention_days} days."
    ),
    "notice.kept.rest": (
        "What is made from it: until you withdraw, or until the agreement ends and the licences under it have run out."
    ),
    "notice.kept.books": (
        "The books of what you are owed, and a log of decisions that holds no name, stay: they prove what happened."
    ),
    "notice.pay.title": "What you are paid",
    "notice.pay.filming": (
        "For filming: {per_accepted_hour} for each hour that is accepted, and {floor_per_hour} for each other hour "
        "that you filmed. Moments between two pieces of work in which only our program lost your hands count as "
        "accepted."
    ),
    "notice.pay.pool": (
        "For use: {pool} of what a licensee pays goes to the workers whose work is in it: {hours} of that by filmed "
        "time and {value} by what the footage adds to a skill. For a dataset nobody can measure that yet, so there "
        "all of it goes by filmed time."
    ),
    "notice.pay.internal": "When the plant itself runs a skill: {internal_run} for each run goes to the same workers.",
    "notice.pay.statement": "You get a statement that you can add up by hand. What you have earned stays yours.",
    "notice.never.title": "What is never done",
    "notice.never.rank": "Nobody is ranked, rated or disciplined by it.",
    "notice.never.emotion": "Nobody's feelings are read from it.",
    "notice.never.identify": "Nobody is recognised by it, by face, hand or voice.",
    "notice.never.small": "The plant sees no figure that comes from fewer than {group_size_min} people.",
    "notice.stop.title": "How to stop",
    "notice.stop.how": (
        "You can stop at any time, for one purpose or for all, without a reason, and as easily as you said yes: one "
        "step, at the same place. Tell a steward, or use the command: tacit consent withdraw"
    ),
    "notice.stop.then": (
        "From that moment nothing more is made from your footage. If you withdraw altogether, what the shop holds of "
        "you is destroyed, and no new dataset has you in it."
    ),
    "notice.stop.licensed": (
        "What a licensee already has under a licence cannot be called back before that licence ends. No such licence "
        "is renewed."
    ),
    "notice.stop.keep-earning": "You keep what you have earned, and go on earning from those licences until they end.",
    "notice.stop.stop": "You keep what you have earned, and earn nothing more from then on.",
    "notice.refuse.title": "What saying no costs",
    "notice.refuse.nothing": (
        "Nothing. Not your job, your pay, your shifts or your standing. The plant does not see who said no."
    ),
    "notice.rights.title": "What you can ask for, and how to complain",
    "notice.rights.list": (
        "You can see what is kept about you and who got it, have it corrected or erased, and name someone to act for "
        "you if you no longer can."
    ),
    "notice.rights.complain": "Complain to a steward or to any of the parties above. They must answer in good time.",
    "notice.rights.complain.IN": (
        "If that does not help, complain to the Data Protection Board of India. The law is the Digital Personal Data "
        "Protection Act, 2023."
    ),
    "notice.rights.complain.other": "If that does not help, complain to the data protection authority of your country.",
    "notice.foot": "Notice in {language}, for the agreement with the fingerprint {digest}.",
    # --- a licence ---------------------------------------------------------------------------------------------------
    "license.title": "LICENCE {license_id}",
    "license.who": "Who: {licensee}.",
    "license.what": "What: version {version} of the dataset {dataset_id}, with the fingerprint {digest}.",
    "license.purposes": "For: {purposes}. For nothing else.",
    "license.territory": "Where: {territory}.",
    "license.until": "Until: {valid_until}, that day included. Then every copy is deleted.",
    "license.price": "For how much: {price}; {pool} of it goes to the workers whose work is in the dataset.",
    "license.owners": (
        "This is a licence, no sale. The footage belongs to {footage}, the dataset to {datasets}. It may not be handed "
        "on, and a new licence has to be asked for when this one ends."
    ),
    "license.never": (
        "Nobody may be identified, ranked or disciplined with it, and nobody's feelings may be read from it."
    ),
    "license.agreement": "It rests on the agreement {agreement_id} between {parties}.",
    "license.agreement.individual": "It rests on the agreement {agreement_id} between a worker and the plant.",
    "license.granted": "Granted on {granted_on}, and signed by the shop.",
    "license.foot": "Where these words and the signed record differ, the signed record counts.",
    # --- a statement -------------------------------------------------------------------------------------------------
    "statement.title": "Your statement",
    "statement.fallback": "There are no words in the language {language} yet, so this statement is in English.",
    "statement.for": "For {label}, as of {on}.",
    "statement.owed": "Owed to you now",
    "statement.none": "Nothing has been booked for you yet.",
    "statement.lines": "Line by line",
    "statement.sum": "Added up",
    "statement.column.when": "Booked",
    "statement.column.what": "What for",
    "statement.column.how": "How it was computed",
    "statement.column.amount": "Amount",
    "statement.filming": "Filming",
    "statement.filming.what": 'Filming "{task}"',
    "statement.filming.on": "filmed on {on}, recording {recording_id}",
    "statement.filming.gone": "recording {recording_id}",
    "statement.filming.accepted": "accepted: {seconds} x {rate} an hour / 3,600 s = {result}",
    "statement.filming.other": "other filmed time: {seconds} x {rate} an hour / 3,600 s = {result}",
    "statement.filming.sum": "added up: {result}, rounded to the nearest {unit}, halves upwards: {amount}",
    "statement.share.what": "Your share of a licence",
    "statement.share.of": "{licensee}, licence {license_id} of dataset {dataset_id}, version {version}",
    "statement.share.paid": "the licensee has paid {paid} of {price}; {pool_percent} of that is the workers': {pool}",
    "statement.share.settled": "less shared out before: {pool} - {settled_before} = {settled}",
    "statement.share.parts": "your part: {settled} x {own_parts} / {all_parts}",
    "statement.share.exact": "that is exactly {amount}",
    "statement.share.up": "that is {result}, rounded up to {amount}",
    "statement.share.down": "that is {result}, rounded down to {amount}",
    "statement.share.basis": "the parts are {basis}",
    "statement.other.payout": "Paid out to you",
    "statement.other.correction": "Correction",
    "statement.total.filming": "For filming",
    "statement.total.shares": "From licences",
    "statement.total.corrections": "Corrections",
    "statement.total.paid_out": "Paid out to you",
    "statement.total.owed": "Owed to you",
    "statement.check.title": "How to check it",
    "statement.check.filming": (
        "Filming: multiply the seconds by the rate for an hour and divide by 3,600. Do it for the accepted and for the "
        "other time, add the two, and round once."
    ),
    "statement.check.share": (
        "Shares: multiply what was shared out by your parts and divide by all parts. Everyone's share is first rounded "
        "down to {unit}; what is left over is given out {unit} at a time, to the largest fractions first, until all of "
        "it is shared. So the shares of all workers add up to what was shared out, and nothing is lost."
    ),
    "statement.check.parts": (
        "Your parts are milliseconds of your own accepted time in that dataset. They were fixed and signed when the "
        "dataset was made and do not change. For a dataset there is no measured value yet, so the half of the pool "
        "that goes by value goes by time too."
    ),
    "statement.check.total": "At the end: filming + licences + corrections - paid out = owed.",
    "statement.check.wrong": "If a figure is wrong, tell a steward. Nothing here is final because it is printed.",
    "statement.foot": "The amounts come from the shop's ledger, where every booking balances to zero.",
}
