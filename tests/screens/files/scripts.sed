s/"Bob Tanaka"/"田中太郎"/
s/"Frank Haddad"/"فرانك حداد"/
s/"Grace Novák"/"Grace Novák"/
s/"Heidi Schneider"/"Heidi 👩‍💻👍🏽"/
s/"Judy Kim"/"김주디"/
