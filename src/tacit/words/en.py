"""The English messages, the source of all others, which have the same keys and places but for the licence's."""

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
    "notice.draft": "DRAFT. No named reviewer has signed this translation yet, so nobody can say yes on it.",
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
    "notice.purposes.end": (
        "Your yes to a purpose counts as long as the agreement runs, or until an earlier day that you name."
    ),
    "notice.receivers.title": "Who gets it",
    "notice.receivers.inside": "Inside the shop: the people who process the footage for the purposes you said yes to.",
    "notice.receivers.outside": (
        "Outside: only those who took a licence, only for its purpose, only in {territory}, and only of footage that "
        "you released after you could look at it. They never get your name."
    ),
    "notice.receivers.review": (
        "You can look at your footage before anything leaves, and cut out or cover what nobody should see. As long as "
        "you say nothing, it does not leave."
    ),
    "notice.receivers.standing": (
        "If you wish, you can say once that all your footage may leave by itself, {review_hold_h} hours after you can "
        "look at it. You can take that back at any time."
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
    "notice.stop.then": "From that moment nothing more is made from your footage, and no new dataset has you in it.",
    "notice.stop.erased.IN": (
        "If you withdraw altogether, what the shop holds of you is locked away for one year, because the law asks for "
        "it, and then destroyed. It can be opened only by the shop and a steward together, and you are shown every "
        "opening. Where the agreement has no steward, it is destroyed at once."
    ),
    "notice.stop.erased.other": "If you withdraw altogether, what the shop holds of you is destroyed at once.",
    "notice.stop.certificate": (
        "You get a signed certificate of what was destroyed, what was made anew without you, and what is out of reach."
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
    "notice.rights.complain": (
        "Complain to a steward or to any of the parties above, or have your complaint put down in the shop with: tacit "
        "grievance open"
    ),
    "notice.rights.answer.IN": "The answer must come within 90 days.",
    "notice.rights.answer.GDPR": "The answer must come within one month.",
    "notice.rights.answer.other": "The answer must come within 30 days.",
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
    "license.replaced": (
        "In its place lies version {version}, with the fingerprint {digest}: the same dataset without what may no "
        "longer be handed out. Delete the version before it. The terms are the same."
    ),
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
    "license.notice.to": "To {licensee}, about your licence {license_id}.",
    "license.notice.withdrawn-footage": (
        "Version {version} of the dataset {dataset_id} holds footage that may no longer be used for anything new. Ask "
        "us for the version that takes its place, and delete this one when you have it. Your licence runs on to its "
        "end, on the same terms."
    ),
    "license.notice.replaced-by": (
        "Version {new_version} of the dataset {dataset_id} takes the place of version {version}. Fetch it, check it "
        "with: tacit license check FOLDER, and delete the version before it. Your licence runs on to its end, on the "
        "same terms."
    ),
    "license.notice.nothing-left": (
        "Nothing of version {version} of the dataset {dataset_id} may be handed out any more, so nothing takes its "
        "place. We ask you to delete it."
    ),
    "license.notice.revoked": (
        "This licence is revoked. From now on version {version} of the dataset {dataset_id} may not be used. Delete "
        "every copy of it."
    ),
    "license.notice.foot": "{notice_id}, made on {made_on}, signed by the shop with the key {shop_key}.",
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
    # --- a certificate of withdrawal ---------------------------------------------------------------------------------
    "certificate.title": "CERTIFICATE OF WITHDRAWAL {certificate_id}",
    "certificate.fallback": "There are no words in the language {language} yet, so this certificate is in English.",
    "certificate.account": "For the account {account}. Issued on {issued_on}.",
    "certificate.withdrawn": "You took your yes back on {withdrawn_on}, for these purposes: {purposes}.",
    "certificate.state.withdrawn": (
        "From that moment nothing more is made from your footage for these purposes. You still say yes to others, so "
        "what the shop holds of you stays for those."
    ),
    "certificate.state.sealed": (
        "What the shop held of you is locked away until {sealed_until}, because the law asks for it. Then it is "
        "destroyed. Until then it can be opened only by the shop and a steward together."
    ),
    "certificate.state.destroyed": "What the shop held of you is destroyed. Nobody can open it again.",
    "certificate.no-steward": (
        "It was not kept for a year: the agreement has no steward who could hold the second half of the key."
    ),
    "certificate.destroyed.title": "What was locked away or destroyed",
    "certificate.destroyed.keys": (
        "Keys: {count}. What was locked with a destroyed key cannot be opened any more, not even in an old copy."
    ),
    "certificate.destroyed.objects": "Locked files with your footage and the places of your hands: {count}.",
    "certificate.destroyed.rows": "Entries about you in the books of the shop: {count}.",
    "certificate.destroyed.originals": "Films as the camera took them, destroyed at your wish: {count}.",
    "certificate.anew.title": "What was made anew without you",
    "certificate.anew.none": "No dataset had to be made anew.",
    "certificate.anew.line": "The dataset {dataset_id}, now version {version}.",
    "certificate.anew.gone": "The dataset {dataset_id}: nothing was left for it, so it was removed.",
    "certificate.reach.title": "What is out of reach",
    "certificate.reach.none": "Nothing that the shop knows of.",
    "certificate.reach.not-found": (
        "The dataset {dataset_id}: it is not in its place any more, so it was not made anew."
    ),
    "certificate.reach.foreign-file": (
        "The dataset {dataset_id}: something else lies in its place, so it was not made anew yet."
    ),
    "certificate.reach.copy": "The copy of {dataset_id} under the licence {license_id}, which runs until {until}.",
    "certificate.reach.told": (
        "Whoever holds such a licence is asked to replace the copy. The licence is not renewed, and you go on earning "
        "from it until it ends."
    ),
    "certificate.reach.originals": (
        "Films as the camera took them, outside the shop: {count}. The shop cannot lock them; ask for them to be "
        "destroyed."
    ),
    "certificate.openings.title": "When the locked part was opened",
    "certificate.openings.none": "It was never opened.",
    "certificate.openings.line": "On {opened_on}, by the shop and a steward together.",
    "certificate.kept.title": "What stays",
    "certificate.kept": (
        "What you have earned stays yours, under your account. A log of decisions stays too; it holds no name."
    ),
    "certificate.check.title": "How to check this",
    "certificate.check.key": (
        "These words stand in a file that the shop has signed. Anyone can check it with the shop's public key and "
        "without the shop: tacit-verify"
    ),
    "certificate.check.log": "The log of decisions had {log_size} entries then. Its fingerprint: {log_root}",
    "certificate.foot": "Where these words and the figures in the signed file differ, the figures count.",
    # --- a complaint -------------------------------------------------------------------------------------------------
    "grievance.title": "YOUR COMPLAINT {grievance_id}",
    "grievance.fallback": "There are no words in the language {language} yet, so this page is in English.",
    "grievance.opened": "Put down on {on}, under the agreement {agreement_id}. You said:",
    "grievance.due": "An answer is due by {due_on}.",
    "grievance.overdue": "That day has passed. The answer is overdue.",
    "grievance.late": "The answer came after that day.",
    "grievance.waiting": "There is no answer yet.",
    "grievance.answer": "Answer of {on}, by whoever runs the shop:",
    "grievance.answer.steward": "Answer of {on}, signed by the steward {steward_id}:",
    "grievance.next": (
        "If the answer does not help, you may complain again, or go to the authority that is named in the notice."
    ),
}
